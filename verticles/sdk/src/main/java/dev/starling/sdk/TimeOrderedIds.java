package dev.starling.sdk;

import java.time.Instant;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Makes ids of version 7 (RFC 9562): the time in front, so that ids of one maker grow. Confined to
 * one context.
 */
public final class TimeOrderedIds {
  private static final int VERSION = 7;
  private static final int RANDOM_BITS = 62;
  private static final int COUNTER_BITS = 12;
  private static final int COUNTER_MASK = (1 << COUNTER_BITS) - 1;

  private final LongSupplier random;
  private long lastMillis;
  private int counter;

  /**
   * @param random 64 bits that nobody can guess
   */
  public TimeOrderedIds(LongSupplier random) {
    this.random = random;
  }

  /** The next id, greater than the one before, also when the clock was set back. */
  public UUID next(Instant now) {
    long millis = now.toEpochMilli();
    if (millis > lastMillis) {
      lastMillis = millis;
      // The upper half stays free, so that thousands fit into a millisecond.
      counter = (int) (random.getAsLong() & COUNTER_MASK >>> 1);
    } else if (++counter > COUNTER_MASK) {
      lastMillis++;
      counter = 0;
    }
    long high = lastMillis << 16 | (long) VERSION << COUNTER_BITS | counter;
    long low = 1L << 63 | random.getAsLong() >>> 64 - RANDOM_BITS;
    return new UUID(high, low);
  }
}
