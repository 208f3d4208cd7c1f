package dev.starling.bench;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;

/**
 * A time of one rate, and what became of the calls that were due in it. Confined to the generator's
 * event loop while calls are under way.
 */
final class Step {
  private final String name;
  private final double callsPerSecond;
  private final double seconds;
  private final Map<Importance, Tally> tallies = new EnumMap<>(Importance.class);

  Step(String name, double callsPerSecond, double seconds, long deadlineMicros) {
    this.name = name;
    this.callsPerSecond = callsPerSecond;
    this.seconds = seconds;
    for (Importance importance : Importance.values()) {
      tallies.put(importance, new Tally(deadlineMicros));
    }
  }

  String name() {
    return name;
  }

  double callsPerSecond() {
    return callsPerSecond;
  }

  double seconds() {
    return seconds;
  }

  Tally of(Importance importance) {
    return requireNonNull(tallies.get(importance));
  }

  Tally all() {
    Tally sum = new Tally(0);
    tallies.values().forEach(sum::add);
    return sum;
  }

  /** Answers of success within the deadline, a second. */
  double goodput() {
    return all().good() / seconds;
  }
}
