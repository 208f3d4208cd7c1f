package dev.starling.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import dev.starling.testkit.TestNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node does without any configuration: from the jar to a vector, over the bus. */
@Timeout(120)
class ShippedModelIT {
  @TempDir Path directory;

  @Test
  void node_withoutConfiguration_servesTheModelThatShips() {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new InferenceVerticle());

      Inferred answer =
          (Inferred)
              node.call(
                  InferenceContract.infer("all-minilm-l6-v2"),
                  new Infer("", List.of(text("a bird in the hand")), List.of()),
                  node.anonymous());

      assertThat(answer.version()).isEqualTo("1");
      assertThat(answer.outputs())
          .satisfiesExactly(
              embedding -> {
                assertThat(embedding.name()).isEqualTo("embedding");
                assertThat(embedding.shape()).containsExactly(1L, 384L);
                assertThat(squaredLength(embedding)).isBetween(0.999, 1.001);
              },
              tokens -> {
                assertThat(tokens.name()).isEqualTo("tokens");
                // Five words, between two marks.
                assertThat(ByteBuffer.wrap(tokens.data()).order(ByteOrder.LITTLE_ENDIAN).getInt())
                    .isEqualTo(7);
              });
      assertThat(directory.resolve("models/all-minilm-l6-v2/1/model.onnx")).exists();
    }
  }

  private static Tensor text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] data =
        ByteBuffer.allocate(4 + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .put(bytes)
            .array();
    return new Tensor("text", DataType.BYTES, List.of(1L), data);
  }

  private static double squaredLength(Tensor vector) {
    ByteBuffer numbers = ByteBuffer.wrap(vector.data()).order(ByteOrder.LITTLE_ENDIAN);
    double sum = 0;
    while (numbers.hasRemaining()) {
      float number = numbers.getFloat();
      sum += number * number;
    }
    return sum;
  }
}
