package dev.starling.chaos;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** Something that happens to a cluster, and what clients may see of it at the worst. */
interface Fault {
  /** As it is named on the command line. */
  String name();

  /** What is tolerated; what has no bound is only shown. */
  Map<Measure, Double> bounds();

  /** Plays one round and leaves the cluster whole. */
  RoundResult play(Round round, Random random);

  /** Bounds by name and value in turn. */
  static Map<Measure, Double> bounds(Object... measuresAndValues) {
    Map<Measure, Double> bounds = new EnumMap<>(Measure.class);
    for (int i = 0; i < measuresAndValues.length; i += 2) {
      bounds.put((Measure) measuresAndValues[i], ((Number) measuresAndValues[i + 1]).doubleValue());
    }
    return bounds;
  }
}
