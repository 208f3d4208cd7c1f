package dev.starling.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorsTest {

  @Test
  void mean_rowsOfDifferentLength_leavesOutTheFilling() {
    Tensor tokens =
        tensor(
            List.of(3L, 2L, 2L), 1, 2, 3, 4, /* row 2 */ 5, 6, 99, 99, /* row 3 */ 99, 99, 99, 99);
    Tensor mean = Vectors.mean(tokens, new int[] {2, 1, 0}, "pooled");
    assertThat(mean.name()).isEqualTo("pooled");
    assertThat(mean.shape()).containsExactly(3L, 2L);
    assertThat(values(mean)).containsExactly(2, 3, 5, 6, 0, 0);
  }

  @Test
  void normalized_vectors_areOfLengthOneAndZerosStay() {
    Tensor vectors = tensor(List.of(3L, 2L), 3, 4, 0, 0, -1e-3f, 0);
    Tensor normalized = Vectors.normalized(vectors);
    assertThat(normalized.shape()).containsExactly(3L, 2L);
    assertThat(values(normalized))
        .containsExactly(new float[] {0.6f, 0.8f, 0, 0, -1, 0}, within(1e-6f));
  }

  private static Tensor tensor(List<Long> shape, float... values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return new Tensor("x", DataType.FP32, shape, data.array());
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[tensor.data().length / Float.BYTES];
    ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
