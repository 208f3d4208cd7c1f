package dev.starling.auth;

import dev.starling.testkit.TestNode;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what is done while nobody waits for it. */
final class Eventually {
  private static final long PAUSE_NANOS = 5_000_000;

  private Eventually() {}

  /** The first value that satisfies; fails when there is none for long. */
  static <T> T get(Supplier<T> look, Predicate<T> satisfies) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    T last = look.get();
    while (!satisfies.test(last)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still " + last + " after " + TestNode.PATIENCE);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      last = look.get();
    }
    return last;
  }
}
