package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.operation.OperationReply.Refusal;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes vectors of texts with a model that some node runs: input {@code text}, output {@code
 * embedding}.
 *
 * <p>Confined to an instance's context.
 */
final class Embedder {
  /** A batch of the model's; more are sent in further calls, one after the other. */
  private static final int CHUNK = 32;

  private static final String INPUT = "text";
  private static final String OUTPUT = "embedding";

  private final Bus bus;
  private final String model;

  Embedder(Bus bus, String model) {
    this.bus = bus;
    this.model = model;
  }

  /** The vectors of texts, in their order. */
  Future<Result<List<float[]>>> embed(List<String> texts, int dimension, CallContext call) {
    return embed(texts, dimension, new ArrayList<>(), call.withSafeToRetry(true));
  }

  private Future<Result<List<float[]>>> embed(
      List<String> texts, int dimension, List<float[]> done, CallContext call) {
    if (done.size() == texts.size()) {
      return Future.succeededFuture(Result.done(done));
    }
    List<String> chunk = texts.subList(done.size(), Math.min(texts.size(), done.size() + CHUNK));
    Infer request = new Infer("", List.of(tensor(chunk)), List.of(OUTPUT));
    return bus.call(InferenceContract.infer(model), request, call)
        .map(inference -> read(inference, chunk.size(), dimension))
        .recover(this::refused)
        .compose(
            result -> {
              if (result instanceof Result.Done<List<float[]>> vectors) {
                done.addAll(vectors.value());
                return embed(texts, dimension, done, call);
              }
              return Future.succeededFuture(result);
            });
  }

  /** Each text is its length in four bytes, little-endian, and its UTF-8. */
  private static Tensor tensor(List<String> texts) {
    List<byte[]> encoded = texts.stream().map(text -> text.getBytes(UTF_8)).toList();
    ByteBuffer data =
        ByteBuffer.allocate(encoded.stream().mapToInt(one -> Integer.BYTES + one.length).sum())
            .order(ByteOrder.LITTLE_ENDIAN);
    encoded.forEach(one -> data.putInt(one.length).put(one));
    return new Tensor(INPUT, DataType.BYTES, List.of((long) texts.size()), data.array());
  }

  private Result<List<float[]>> read(Inference inference, int count, int dimension) {
    if (inference instanceof Refused refused) {
      return refused.reason() == Reason.INVALID
          ? Result.refused(
              Refusal.INVALID, "text: " + model + " does not take it: " + refused.detail())
          : Result.refused(Refusal.NOT_EXECUTED, "no node has the model " + model);
    }
    Tensor output =
        ((Inferred) inference)
            .outputs().stream()
                .filter(one -> one.name().equals(OUTPUT) && one.type() == DataType.FP32)
                .findFirst()
                .orElse(null);
    if (output == null || output.shape().size() != 2 || output.shape().get(0) != count) {
      return Result.refused(
          Refusal.INVALID,
          "text: %s has no output %s of FP32 and %d rows".formatted(model, OUTPUT, count));
    }
    int width = output.shape().get(1).intValue();
    if (width != dimension) {
      return Result.refused(
          Refusal.INVALID,
          "text: %s makes vectors of %d numbers (expected: the collection's dimension, %d)"
              .formatted(model, width, dimension));
    }
    int bytes = width * Float.BYTES;
    List<float[]> vectors = new ArrayList<>(count);
    for (int row = 0; row < count; row++) {
      vectors.add(
          Floats.ofBytes(Arrays.copyOfRange(output.data(), row * bytes, (row + 1) * bytes)));
    }
    return Result.done(vectors);
  }

  /** Nothing was stored yet, whatever became of the model's call. */
  private Future<Result<List<float[]>>> refused(Throwable failure) {
    if (!(failure instanceof BusException known) || known.code() == ErrorCode.INVALID_ARGUMENT) {
      return Future.failedFuture(failure);
    }
    return Result.refusing(
        Refusal.NOT_EXECUTED,
        known.code() == ErrorCode.UNAVAILABLE
            ? "no node has the model " + model
            : "the model " + model + " did not answer");
  }
}
