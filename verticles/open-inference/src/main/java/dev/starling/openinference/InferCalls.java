package dev.starling.openinference;

import static dev.starling.openinference.ProtocolReplies.bad;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.openinference.FoundModel.Missing;
import dev.starling.openinference.InferRequest.Output;
import dev.starling.openinference.Parsed.Bad;
import dev.starling.openinference.Parsed.Good;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;

/**
 * Answers inference requests: reads them, calls the model, writes what it gives. Confined to the
 * verticle's context.
 */
final class InferCalls {
  static final String HEAD_LENGTH = "inference-header-content-length";
  static final String CONTENT_ENCODING = "content-encoding";
  private static final String BINARY = "application/octet-stream";

  private final KnownModels models;
  private final LargeInference inference;
  private final OffLoop offLoop;
  private final int maxJsonBytes;

  InferCalls(KnownModels models, LargeInference inference, OffLoop offLoop, int maxJsonBytes) {
    this.models = models;
    this.inference = inference;
    this.offLoop = offLoop;
    this.maxJsonBytes = maxJsonBytes;
  }

  /**
   * @param version empty for the preferred one
   */
  Future<Reply<byte[]>> infer(Call call, byte[] body, String model, String version) {
    String encoding = call.header(CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Future.succeededFuture(
          Reply.refused(
              Refusal.UNSUPPORTED_MEDIA_TYPE,
              "content encoding: " + encoding + " (expected: none)"));
    }
    String headLength = call.header(HEAD_LENGTH);
    return models
        .find(model, version, call.context())
        .compose(
            found ->
                found instanceof Missing missing
                    ? Future.succeededFuture(missing.reply())
                    : offLoop
                        .run(
                            body.length,
                            () -> InferRequestReader.read(body, headLength, maxJsonBytes))
                        .compose(parsed -> run(call, model, version, parsed)));
  }

  private Future<Reply<byte[]>> run(
      Call call, String model, String version, Parsed<InferRequest> parsed) {
    if (parsed instanceof Bad<InferRequest> unusable) {
      return Future.succeededFuture(bad(unusable.detail()));
    }
    InferRequest request = ((Good<InferRequest>) parsed).value();
    Infer infer =
        new Infer(version, request.inputs(), request.outputs().stream().map(Output::name).toList());
    return inference
        .infer(model, infer, request.limit(call.context(), System.nanoTime()))
        .compose(answer -> answer(model, request, answer));
  }

  private Future<Reply<byte[]>> answer(String model, InferRequest request, Inference answer) {
    if (answer instanceof Inferred result) {
      return offLoop
          .run(
              InferAnswer.jsonBytes(request, result.outputs()),
              () -> InferAnswer.of(model, request, result))
          .map(InferCalls::reply);
    } else if (answer instanceof Refused refused) {
      return Future.succeededFuture(
          refused.reason() == Reason.INVALID
              ? bad(refused.detail())
              : Reply.refused(Refusal.NOT_EXECUTED, refused.detail()));
    }
    return Future.failedFuture(new BusException(ErrorCode.INTERNAL, "an unknown answer"));
  }

  private static Reply<byte[]> reply(Parsed<InferAnswer> written) {
    if (written instanceof Bad<InferAnswer> unusable) {
      return bad(unusable.detail());
    }
    InferAnswer answer = ((Good<InferAnswer>) written).value();
    return answer.isBinary()
        ? Reply.bytes(BINARY, answer.body())
            .header(HEAD_LENGTH, Integer.toString(answer.headLength()))
        : ProtocolReplies.json(answer.body());
  }
}
