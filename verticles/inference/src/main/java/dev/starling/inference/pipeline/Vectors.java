package dev.starling.inference.pipeline;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Arithmetic on tensors of vectors, all FP32. Without state. */
public final class Vectors {
  // As torch.nn.functional.normalize has it, so that a vector of zeros stays one.
  private static final float SMALLEST_NORM = 1e-12f;

  private Vectors() {}

  /**
   * The average of each row's tokens, without those that only fill it up.
   *
   * <p>As sentence-transformers pools by the attention mask.
   *
   * @param tokens rows × tokens × dimensions
   * @param lengths how many tokens each row has, from the left
   * @return rows × dimensions; zeros for a row without tokens
   */
  public static Tensor mean(Tensor tokens, int[] lengths, String name) {
    int rows = Math.toIntExact(tokens.shape().get(0));
    int longest = Math.toIntExact(tokens.shape().get(1));
    int dimensions = Math.toIntExact(tokens.shape().get(2));
    FloatBuffer from = floats(tokens.data());
    byte[] data = new byte[rows * dimensions * Float.BYTES];
    FloatBuffer to = floats(data);
    float[] vector = new float[dimensions];
    float[] sum = new float[dimensions];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(sum, 0);
      for (int token = 0; token < lengths[row]; token++) {
        from.get((row * longest + token) * dimensions, vector);
        for (int i = 0; i < dimensions; i++) {
          sum[i] += vector[i];
        }
      }
      float count = Math.max(1, lengths[row]);
      for (int i = 0; i < dimensions; i++) {
        sum[i] /= count;
      }
      to.put(row * dimensions, sum);
    }
    return new Tensor(name, DataType.FP32, List.of((long) rows, (long) dimensions), data);
  }

  /** Makes each vector, which is the last dimension, as long as 1 (L2). */
  public static Tensor normalized(Tensor vectors) {
    int dimensions = Math.toIntExact(vectors.shape().get(vectors.shape().size() - 1));
    FloatBuffer from = floats(vectors.data());
    byte[] data = new byte[vectors.data().length];
    FloatBuffer to = floats(data);
    float[] vector = new float[dimensions];
    for (int at = 0; at < from.capacity(); at += dimensions) {
      from.get(at, vector);
      float squares = 0;
      for (float value : vector) {
        squares += value * value;
      }
      float norm = Math.max((float) Math.sqrt(squares), SMALLEST_NORM);
      for (int i = 0; i < dimensions; i++) {
        vector[i] /= norm;
      }
      to.put(at, vector);
    }
    return new Tensor(vectors.name(), DataType.FP32, vectors.shape(), data);
  }

  private static FloatBuffer floats(byte[] data) {
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
