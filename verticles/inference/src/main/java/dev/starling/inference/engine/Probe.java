package dev.starling.inference.engine;

import dev.starling.contract.inference.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs a model on made-up rows, alone and in a batch, to see whether a row's batch mates matter.
 * Without state; it blocks.
 */
final class Probe {
  private Probe() {}

  /** What rows are to a model. */
  enum Kind {
    /** A row's outputs are the same whichever others are run with it. */
    INDEPENDENT,
    /** They are not, or the graph takes only one at a time. */
    DEPENDENT,
    /** It has none: its inputs, or what it gives, cannot be taken apart. */
    NONE
  }

  /**
   * @param sample something that it runs
   */
  record Finding(Kind kind, Rows sample) {}

  /**
   * @param haveRows whether the inputs' first dimensions are free
   * @throws ModelException when the model runs none of the probes
   */
  static Finding look(Graph graph, Stream<List<Input>> probes, boolean haveRows)
      throws ModelException {
    String reason = "its inputs are too large to make some up";
    Iterator<List<Input>> each = probes.iterator();
    while (each.hasNext()) {
      try {
        return haveRows ? byRows(graph, each.next()) : whole(graph, each.next());
      } catch (RunException e) {
        reason = String.valueOf(e.getMessage());
      }
    }
    throw new ModelException(
        "warm-up: "
            + reason
            + " (expected: runs on made-up inputs; fix the lengths that it needs in config.yaml)");
  }

  private static Finding whole(Graph graph, List<Input> inputs) throws RunException {
    Rows sample = Rows.whole(inputs);
    graph.run(List.of(sample));
    return new Finding(Kind.NONE, sample);
  }

  private static Finding byRows(Graph graph, List<Input> inputs) throws RunException {
    Rows sample = Rows.of(inputs, 0, 1);
    List<List<Tensor>> alone = new ArrayList<>();
    for (int row = 0; row < ProbeInputs.ROWS; row++) {
      alone.add(graph.run(List.of(Rows.of(inputs, row, 1))));
    }
    if (!haveRows(alone.get(0), 1)) {
      return new Finding(Kind.NONE, sample);
    }
    List<Tensor> together;
    try {
      together = graph.run(List.of(Rows.of(inputs, 0, ProbeInputs.ROWS)));
    } catch (RunException e) {
      return new Finding(Kind.DEPENDENT, sample);
    }
    return new Finding(compare(alone, together), sample);
  }

  private static Kind compare(List<List<Tensor>> alone, List<Tensor> together) {
    if (!haveRows(together, ProbeInputs.ROWS)) {
      return Kind.NONE;
    }
    boolean same = true;
    for (int row = 0; row < ProbeInputs.ROWS; row++) {
      for (int i = 0; i < together.size(); i++) {
        Tensor one = alone.get(row).get(i);
        Tensor mate = Tensors.slice(together.get(i), row, 1);
        if (!one.shape().equals(mate.shape())) {
          // Rows of different shapes cannot be put together again.
          return Kind.NONE;
        }
        same &= Closeness.near(one, mate);
      }
    }
    return same ? Kind.INDEPENDENT : Kind.DEPENDENT;
  }

  private static boolean haveRows(List<Tensor> outputs, long rows) {
    return outputs.stream().allMatch(output -> Tensors.rows(output) == rows);
  }
}
