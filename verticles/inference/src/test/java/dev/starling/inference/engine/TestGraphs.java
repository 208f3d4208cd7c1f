package dev.starling.inference.engine;

import static dev.starling.inference.OnnxModels.FLOAT;

import dev.starling.inference.OnnxModels;
import java.util.List;

/** Graphs for tests: x goes in and y comes out, both of two columns. */
final class TestGraphs {
  private TestGraphs() {}

  /** Multiplies by [[1 2] [3 4]]. */
  static OnnxModels linear() {
    return OnnxModels.model()
        .constant("w", new long[] {2, 2}, 1, 2, 3, 4)
        .input("x", FLOAT, -1, 2)
        .output("y", FLOAT, -1, 2)
        .node("MatMul", List.of("x", "w"), "y");
  }

  /** Takes some milliseconds. */
  static OnnxModels slow() {
    int size = 400;
    float[] weights = new float[size * size];
    OnnxModels model =
        OnnxModels.model()
            .constant("up", new long[] {2, size}, new float[2 * size])
            .constant("w", new long[] {size, size}, weights)
            .constant("down", new long[] {size, 2}, new float[2 * size])
            .input("x", FLOAT, -1, 2)
            .output("y", FLOAT, -1, 2)
            .node("MatMul", List.of("x", "up"), "h0");
    int layers = 20;
    for (int i = 0; i < layers; i++) {
      model.node("MatMul", List.of("h" + i, "w"), "h" + (i + 1));
    }
    return model.node("MatMul", List.of("h" + layers, "down"), "y");
  }

  /** Takes the mean of the batch from each row. */
  static OnnxModels centred() {
    return OnnxModels.model()
        .input("x", FLOAT, -1, 2)
        .output("y", FLOAT, -1, 2)
        .node("ReduceMean", List.of("x"), "mean", OnnxModels.ints("axes", 0))
        .node("Sub", List.of("x", "mean"), "y");
  }

  /** Gives one row for all. */
  static OnnxModels summed() {
    return OnnxModels.model()
        .constant("two", new long[] {1}, 2)
        .input("x", FLOAT, -1, 2)
        .output("y", FLOAT, 1, 2)
        .node("ReduceMean", List.of("x"), "mean", OnnxModels.ints("axes", 0))
        .node("Mul", List.of("mean", "two"), "y");
  }
}
