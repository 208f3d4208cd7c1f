package dev.starling.ratelimiter;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * The reference for each algorithm: exact arithmetic on everything that was ever spent, without a
 * thought for memory or time. Asking changes nothing, so it can also be asked about later moments.
 */
abstract class PlainWindow {

  /** Whether {@code cost} could be spent at {@code at}, if nothing else were until then. */
  abstract boolean has(int cost, long at);

  abstract void spend(int cost, long at);

  abstract long remaining(long at);

  /** How long a call that is let pass waits for its turn, rounded up. */
  long delayNanos(long at) {
    return 0;
  }

  /** Permits flow in. */
  static PlainWindow tokenBucket(long quota, long windowNanos, long burst, long start) {
    return new PlainWindow() {
      private final ExactBucket bucket = new ExactBucket(quota, windowNanos, burst, start);

      @Override
      boolean has(int cost, long at) {
        return bucket.levelAt(at).compareTo(product(cost, windowNanos)) >= 0;
      }

      @Override
      void spend(int cost, long at) {
        bucket.advanceTo(at);
        bucket.spend(cost);
      }

      @Override
      long remaining(long at) {
        return bucket.levelAt(at).divide(BigInteger.valueOf(windowNanos)).longValueExact();
      }
    };
  }

  /** Calls leave one by one; the time at which the last has left is kept as nanoseconds × quota. */
  static PlainWindow leakyBucket(long quota, long windowNanos, long maxDelayNanos) {
    return new PlainWindow() {
      private BigInteger lastLeaves = BigInteger.ZERO;

      private BigInteger queue(long at) {
        return lastLeaves.subtract(product(at, quota)).max(BigInteger.ZERO);
      }

      @Override
      boolean has(int cost, long at) {
        return cost <= quota && queue(at).compareTo(product(maxDelayNanos, quota)) <= 0;
      }

      @Override
      void spend(int cost, long at) {
        lastLeaves = product(at, quota).add(queue(at)).add(product(cost, windowNanos));
      }

      @Override
      long remaining(long at) {
        BigInteger room = product(maxDelayNanos, quota).subtract(queue(at));
        return room.signum() < 0
            ? 0
            : room.divide(BigInteger.valueOf(windowNanos)).longValueExact() + 1;
      }

      @Override
      long delayNanos(long at) {
        return queue(at)
            .add(BigInteger.valueOf(quota - 1))
            .divide(BigInteger.valueOf(quota))
            .longValueExact();
      }
    };
  }

  static PlainWindow fixedWindow(long quota, long windowNanos) {
    return new PlainWindow() {
      private final Map<Long, Long> spent = new HashMap<>();

      @Override
      boolean has(int cost, long at) {
        return spent.getOrDefault(at / windowNanos, 0L) + cost <= quota;
      }

      @Override
      void spend(int cost, long at) {
        spent.merge(at / windowNanos, (long) cost, Long::sum);
      }

      @Override
      long remaining(long at) {
        return quota - spent.getOrDefault(at / windowNanos, 0L);
      }
    };
  }

  static PlainWindow slidingWindow(long quota, long windowNanos) {
    return new PlainWindow() {
      private final Map<Long, Long> spent = new HashMap<>();

      /** What counts at a moment, × the window's length. */
      private BigInteger counted(long at) {
        long current = spent.getOrDefault(at / windowNanos, 0L);
        long before = spent.getOrDefault(at / windowNanos - 1, 0L);
        long overlap = windowNanos - at % windowNanos;
        return product(current, windowNanos).add(product(before, overlap));
      }

      @Override
      boolean has(int cost, long at) {
        return counted(at).add(product(cost, windowNanos)).compareTo(product(quota, windowNanos))
            <= 0;
      }

      @Override
      void spend(int cost, long at) {
        spent.merge(at / windowNanos, (long) cost, Long::sum);
      }

      @Override
      long remaining(long at) {
        return product(quota, windowNanos)
            .subtract(counted(at))
            .max(BigInteger.ZERO)
            .divide(BigInteger.valueOf(windowNanos))
            .longValueExact();
      }
    };
  }

  private static BigInteger product(long a, long b) {
    return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
  }
}
