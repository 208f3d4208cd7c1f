package dev.starling.openinference;

import static dev.starling.openinference.ProtocolReplies.bad;

import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.openinference.EmbeddingRequest.Limits;
import dev.starling.openinference.FoundModel.Missing;
import dev.starling.openinference.FoundModel.Ready;
import dev.starling.openinference.Parsed.Bad;
import dev.starling.openinference.Parsed.Good;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for embeddings: each text, or a few, is a call of its own, so that they spread
 * over workers and nodes; they are answered all or none. Confined to the verticle's context.
 */
final class EmbeddingCalls {
  /** So many calls keep the workers of a few nodes busy; more texts go together. */
  private static final int CALLS = 32;

  private final KnownModels models;
  private final LargeInference inference;
  private final OffLoop offLoop;
  private final Limits limits;

  EmbeddingCalls(KnownModels models, LargeInference inference, OffLoop offLoop, Limits limits) {
    this.models = models;
    this.inference = inference;
    this.offLoop = offLoop;
    this.limits = limits;
  }

  Future<Reply<byte[]>> embed(Call call, byte[] body) {
    return offLoop
        .run(body.length, () -> EmbeddingRequest.read(body, limits))
        .compose(
            parsed ->
                parsed instanceof Good<EmbeddingRequest> good
                    ? embed(call, good.value())
                    : Future.succeededFuture(bad(((Bad<EmbeddingRequest>) parsed).detail())));
  }

  private Future<Reply<byte[]>> embed(Call call, EmbeddingRequest request) {
    return models
        .find(request.model(), "", call.context())
        .compose(
            found ->
                found instanceof Ready ready
                    ? embed(call, request, EmbeddingModel.of(ready.model()))
                    : Future.succeededFuture(((Missing) found).reply()));
  }

  private Future<Reply<byte[]>> embed(
      Call call, EmbeddingRequest request, Parsed<EmbeddingModel> model) {
    return model instanceof Good<EmbeddingModel> good
        ? run(call, request, good.value())
        : Future.succeededFuture(bad(((Bad<EmbeddingModel>) model).detail()));
  }

  private Future<Reply<byte[]>> run(Call call, EmbeddingRequest request, EmbeddingModel model) {
    List<byte[]> texts = request.texts();
    int rowsPerCall = (texts.size() + CALLS - 1) / CALLS;
    List<Future<Inference>> calls = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += rowsPerCall) {
      List<byte[]> part = texts.subList(from, Math.min(texts.size(), from + rowsPerCall));
      rows.add(part.size());
      calls.add(inference.infer(request.model(), model.request(part), call.context()));
    }
    return Future.all(calls).compose(all -> answer(request, model, all.list(), rows));
  }

  private Future<Reply<byte[]>> answer(
      EmbeddingRequest request, EmbeddingModel model, List<Inference> answers, List<Integer> rows) {
    Reply<byte[]> refused = refused(answers);
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    List<Inferred> results = answers.stream().map(Inferred.class::cast).toList();
    Embeddings embeddings = Embeddings.of(model, results, rows);
    if (request.dimensions() != 0 && request.dimensions() != embeddings.dimension()) {
      return Future.succeededFuture(
          bad(
              "dimensions: "
                  + request.dimensions()
                  + " (expected: "
                  + embeddings.dimension()
                  + ", which is what the model gives, or none)"));
    }
    return offLoop
        .run(embeddings.jsonBytes(), () -> embeddings.toJson(request.model(), request.base64()))
        .map(ProtocolReplies::json);
  }

  private static @Nullable Reply<byte[]> refused(List<Inference> answers) {
    for (Inference answer : answers) {
      if (answer instanceof Refused refused) {
        return refused.reason() == Reason.INVALID
            ? bad(refused.detail())
            : Reply.refused(Refusal.NOT_EXECUTED, refused.detail());
      }
    }
    return null;
  }
}
