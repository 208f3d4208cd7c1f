package dev.starling.chaos;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one round has shown.
 *
 * @param counts false when the fault could not matter, because the victim had too little to do
 * @param notes what happened to calls that failed, for whoever has to find out why
 */
record RoundResult(
    boolean counts,
    double victimShare,
    int calls,
    Map<Measure, Double> values,
    List<String> notes) {

  /** Collects the values of a round. */
  static final class Builder {
    private final Map<Measure, Double> values = new EnumMap<>(Measure.class);

    Builder set(Measure measure, double value) {
      values.put(measure, value);
      return this;
    }

    RoundResult build(double victimShare, double neededShare, int calls, List<String> notes) {
      return new RoundResult(
          victimShare >= neededShare, victimShare, calls, Map.copyOf(values), List.copyOf(notes));
    }
  }
}
