package dev.starling.ratelimiter;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Nanoseconds since the epoch that do not go back: the wall clock as it was at the start, and from
 * then on the monotonic one. It follows the machine's clock as far as that is slewed; when that is
 * set instead, windows that are aligned to the clock are off by as much until the node restarts.
 */
final class EpochClock {
  private EpochClock() {}

  static LongSupplier from(InstantSource wall, LongSupplier monotonic) {
    Instant now = wall.instant();
    long offset =
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - monotonic.getAsLong();
    return () -> monotonic.getAsLong() + offset;
  }
}
