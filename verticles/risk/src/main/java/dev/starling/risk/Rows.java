package dev.starling.risk;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The model's input and output as tensors. Without state. */
final class Rows {
  private static final String INPUT = "features";
  private static final String OUTPUT = "probability";

  private Rows() {}

  static Tensor tensor(List<Features> rows) {
    ByteBuffer data =
        ByteBuffer.allocate(rows.size() * Feature.COUNT * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (Features row : rows) {
      for (float value : row.row()) {
        data.putFloat(value);
      }
    }
    List<Long> shape = List.of((long) rows.size(), (long) Feature.COUNT);
    return new Tensor(INPUT, DataType.FP32, shape, data.array());
  }

  /**
   * What the model gave for each of the rows.
   *
   * @throws UnfitModel unless that is a probability for each
   */
  static List<Float> scores(Inferred answer, int rows) {
    Tensor output =
        answer.outputs().stream()
            .filter(tensor -> tensor.name().equals(OUTPUT))
            .findFirst()
            .orElseThrow(() -> new UnfitModel("the model gives no " + OUTPUT));
    if (output.type() != DataType.FP32
        || !output.shape().equals(List.of((long) rows, 1L))
        || output.data().length != rows * Float.BYTES) {
      throw new UnfitModel(
          "%s: %s %s (expected: FP32 [%d, 1])"
              .formatted(OUTPUT, output.type(), output.shape(), rows));
    }
    ByteBuffer data = ByteBuffer.wrap(output.data()).order(ByteOrder.LITTLE_ENDIAN);
    List<Float> scores = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      float score = data.getFloat();
      if (!(score >= 0 && score <= 1)) {
        throw new UnfitModel(OUTPUT + ": " + score + " (expected: 0..1)");
      }
      scores.add(score);
    }
    return scores;
  }
}
