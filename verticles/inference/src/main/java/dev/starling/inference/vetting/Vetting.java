package dev.starling.inference.vetting;

import dev.starling.contract.inference.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of looking through a file. */
public sealed interface Vetting {

  /**
   * Nothing speaks against trying it out.
   *
   * @param inputs what a caller must give, without those that the file holds a value for
   * @param outputs what it gives
   */
  record Vetted(List<Declared> inputs, List<Declared> outputs) implements Vetting {
    public Vetted {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * It must not be loaded.
   *
   * @param reason for people: where, what is there, and what was expected
   */
  record Rejected(String reason) implements Vetting {}

  /**
   * An input or output of the graph.
   *
   * @param shape −1 for what differs from call to call; null when the file does not say
   */
  record Declared(String name, DataType type, @Nullable List<Long> shape) {
    public Declared {
      shape = shape == null ? null : List.copyOf(shape);
    }
  }
}
