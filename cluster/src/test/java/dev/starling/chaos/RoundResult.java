package dev.starling.chaos;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one round has shown.
 *
 * @param counts false when the fault could not matter, because the victim had too little to do, or
 *     nothing was under way that it could have spoilt
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

    RoundResult build(boolean counts, double victimShare, int calls, List<String> notes) {
      return new RoundResult(counts, victimShare, calls, Map.copyOf(values), List.copyOf(notes));
    }
  }
}
