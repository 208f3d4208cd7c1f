package dev.starling.openinference;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of a request, in the order of its texts. Immutable.
 *
 * @param parts what the model gave, each for some rows
 * @param dimension how long each vector is
 * @param tokens of all texts; negative when the model does not tell
 */
record Embeddings(List<Tensor> parts, int dimension, long tokens) {
  private static final int TYPICAL_HEAD = 256;
  private static final int TYPICAL_FLOAT = 13;
  private static final int UNKNOWN = -1;

  Embeddings {
    parts = List.copyOf(parts);
  }

  /**
   * Puts together what calls of some rows each gave.
   *
   * @param rows how many each call had
   * @throws IllegalStateException when the model gave something else than it says
   */
  static Embeddings of(EmbeddingModel model, List<Inferred> results, List<Integer> rows) {
    List<Tensor> parts = new ArrayList<>();
    long tokens = model.countsTokens() ? 0 : UNKNOWN;
    long dimension = UNKNOWN;
    for (int i = 0; i < results.size(); i++) {
      Tensor vectors = output(results.get(i), model.output());
      List<Long> shape = vectors.shape();
      if (vectors.type() != DataType.FP32
          || shape.size() != 2
          || shape.get(0) != (long) rows.get(i)
          || dimension != UNKNOWN && dimension != shape.get(1)
          || vectors.data().length != vectors.elements() * Float.BYTES) {
        throw new IllegalStateException(
            "output "
                + vectors.name()
                + ": "
                + vectors.type()
                + shape
                + " (expected: FP32["
                + rows.get(i)
                + ", n])");
      }
      dimension = shape.get(1);
      parts.add(vectors);
      if (model.countsTokens()) {
        tokens += sum(output(results.get(i), EmbeddingModel.TOKENS));
      }
    }
    return new Embeddings(parts, (int) dimension, tokens);
  }

  private static Tensor output(Inferred result, String name) {
    return result.outputs().stream()
        .filter(output -> output.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("output: no " + name));
  }

  private static long sum(Tensor counts) {
    ByteBuffer data = ByteBuffer.wrap(counts.data()).order(ByteOrder.LITTLE_ENDIAN);
    long sum = 0;
    while (data.remaining() >= Integer.BYTES) {
      sum += data.getInt();
    }
    return sum;
  }

  /** About how many bytes of JSON it will be. */
  long jsonBytes() {
    long bytes = TYPICAL_HEAD;
    for (Tensor part : parts) {
      bytes += part.elements() * TYPICAL_FLOAT;
    }
    return bytes;
  }

  /** OpenAI's list of embeddings; without a usage when the tokens are not known. */
  byte[] toJson(String model, boolean base64) {
    long room = jsonBytes() + (long) dimension * (FloatText.MAX_BYTES + 1);
    EmbeddingsText text = new EmbeddingsText((int) Math.min(1 << 26, room));
    int length = dimension * Float.BYTES;
    for (Tensor part : parts) {
      for (int row = 0; row < part.shape().get(0); row++) {
        int from = row * length;
        if (base64) {
          text.base64(part.data(), from, from + length);
        } else {
          text.numbers(part.data(), from, from + length);
        }
      }
    }
    return text.end(model, tokens);
  }
}
