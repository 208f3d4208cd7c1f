package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A model whose vector of a text is how often it has each of the letters a, b and c; served like
 * one that a node has loaded. It takes no text with an x.
 */
final class LetterModel extends ServiceVerticle {
  static final String NAME = "letters";

  /** How many texts each call had. */
  final List<Long> calls = new ArrayList<>();

  @Override
  public String name() {
    return "letter-model";
  }

  @Override
  protected Future<?> open() {
    return serve(InferenceContract.infer(NAME), this::infer);
  }

  private Future<Inference> infer(Infer request, CallContext call) {
    Tensor input = request.inputs().get(0);
    long count = input.shape().get(0);
    calls.add(count);
    ByteBuffer texts = ByteBuffer.wrap(input.data()).order(ByteOrder.LITTLE_ENDIAN);
    float[] vectors = new float[(int) count * 3];
    for (int row = 0; row < count; row++) {
      byte[] text = new byte[texts.getInt()];
      texts.get(text);
      for (char letter : new String(text, UTF_8).toCharArray()) {
        if (letter == 'x') {
          return Future.succeededFuture(new Refused(Reason.INVALID, "no x"));
        }
        if (letter >= 'a' && letter <= 'c') {
          vectors[row * 3 + letter - 'a']++;
        }
      }
    }
    return Future.succeededFuture(
        new Inferred(
            "1",
            List.of(
                new Tensor(
                    "embedding", DataType.FP32, List.of(count, 3L), Floats.toBytes(vectors)))));
  }
}
