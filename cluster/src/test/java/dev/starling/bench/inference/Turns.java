package dev.starling.bench.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Rounds of two things that took turns: one, other, one, other … */
record Turns(List<Load> some, List<Load> others) {

  static Turns play(int rounds, Supplier<Load> one, Supplier<Load> other) {
    Turns turns = new Turns(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < rounds; i++) {
      turns.some.add(one.get());
      turns.others.add(other.get());
    }
    return turns;
  }

  /** How many times as fast the first one is. */
  double times() {
    return Medians.ofRatios(some, others, Load::perSecond);
  }

  /** The 99th percentile of the first one's latencies, as a share of the other's. */
  double p99Percent() {
    return 100 * Medians.ofRatios(some, others, Load::p99Millis);
  }

  long failed() {
    return some.stream().mapToLong(Load::failed).sum()
        + others.stream().mapToLong(Load::failed).sum();
  }
}
