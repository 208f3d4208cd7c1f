package dev.starling.fusion.evaluation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Chances of one scenario. The same seed draws the same. Confined to one thread. */
final class Draw {
  private final Random random;

  Draw(long seed) {
    random = new Random(seed);
  }

  /** For something that is named, so that what is drawn for it depends on nothing else. */
  static Draw of(long seed, String name) {
    return new Draw(seed * 1_000_003 + name.hashCode());
  }

  <T> T of(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  <T> List<T> shuffled(List<T> all) {
    List<T> copy = new ArrayList<>(all);
    Collections.shuffle(copy, random);
    return copy;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Both ends included. */
  int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  double between(double from, double to) {
    return from + random.nextDouble() * (to - from);
  }

  Duration between(Duration from, Duration to) {
    return from.plusMillis((long) (random.nextDouble() * to.minus(from).toMillis()));
  }

  Instant between(Instant from, Instant to) {
    return from.plus(between(Duration.ZERO, Duration.between(from, to)));
  }

  /** Eight hexadecimal digits, which tell nothing. */
  String id() {
    return String.format("%08x", random.nextInt());
  }
}
