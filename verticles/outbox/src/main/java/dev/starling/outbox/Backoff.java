package dev.starling.outbox;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Pauses that double up to a bound, each shortened at random by up to a half, so that what failed
 * together does not come back together.
 *
 * <p>As thread-safe as its source of chance. "Equal jitter" of M. Brooker, "Exponential Backoff And
 * Jitter", 2015.
 */
final class Backoff {
  /** 2^30 times the first pause is beyond every bound that can be configured. */
  private static final int MAX_DOUBLINGS = 30;

  private final Duration first;
  private final Duration longest;
  private final DoubleSupplier random;

  /**
   * @param random between 0 and 1
   */
  Backoff(Duration first, Duration longest, DoubleSupplier random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /**
   * How long to wait after so many attempts in a row.
   *
   * @param attempts from 1
   */
  long afterMillis(int attempts) {
    double full =
        Math.min(
            longest.toMillis(),
            (double) first.toMillis() * (1L << Math.min(MAX_DOUBLINGS, attempts - 1)));
    return shortened(full);
  }

  /**
   * How long to wait for something that has waited so long: as long again, so that pauses double
   * though nobody counts them.
   */
  long byAgeMillis(Duration age) {
    return shortened(
        Math.min(longest.toMillis(), (double) Math.max(first.toMillis(), age.toMillis())));
  }

  private long shortened(double full) {
    return Math.max(1, Math.round(full / 2 + full / 2 * random.getAsDouble()));
  }
}
