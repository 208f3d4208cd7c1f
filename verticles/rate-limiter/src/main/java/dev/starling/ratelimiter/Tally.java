package dev.starling.ratelimiter;

import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the calls that a rule of this name has counted, on this node. Thread-safe; it
 * outlives the file that the rule is from.
 */
record Tally(
    String policy,
    LongAdder allowed,
    LongAdder delayed,
    LongAdder limited,
    LongAdder tooCostly,
    LongAdder wouldLimit) {

  static Tally of(String policy) {
    return new Tally(
        policy,
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder());
  }
}
