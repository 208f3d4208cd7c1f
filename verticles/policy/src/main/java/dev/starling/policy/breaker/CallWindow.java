package dev.starling.policy.breaker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of the last while, those that failed, and those that were slow.
 *
 * <p>Thread-safe and lock-free; constant time. It forgets a tenth of the window at a time.
 */
final class CallWindow {
  /*
   * A ring of slots, each with the number of the span of time that it counts. Whoever comes first in
   * a new span puts a fresh slot in the place of the one from a whole window ago. A thread that was
   * held up adds to the slot that it finds, be it newer than its time: it is off by a tenth of the
   * window at most, and no count is lost. LongAdders spread over cache lines when loops collide.
   */
  static final int SLOTS = 10;

  private static final long NONE = -SLOTS;

  private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
  private final long beganNanos;
  private final long slotNanos;
  private final AtomicLong lastBadSlot = new AtomicLong(NONE);

  /** What was counted; {@code slow} calls may have failed as well. */
  record Tally(long calls, long failures, long slow) {}

  private static final class Slot {
    final long number;
    final LongAdder calls = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder slow = new LongAdder();

    Slot(long number) {
      this.number = number;
    }
  }

  CallWindow(long windowNanos, long nowNanos) {
    this.slotNanos = windowNanos / SLOTS;
    this.beganNanos = nowNanos;
  }

  void add(boolean failed, boolean slow, long nowNanos) {
    Slot slot = slot(number(nowNanos));
    if (failed || slow) {
      lastBadSlot.accumulateAndGet(slot.number, Math::max);
    }
    // The call last: who sees it sees what it was.
    if (failed) {
      slot.failures.increment();
    }
    if (slow) {
      slot.slow.increment();
    }
    slot.calls.increment();
  }

  /**
   * Whether any call may have failed or been slow. Cheaper than {@link #tally}, which looks at all
   * that were counted: in good times this is asked after every call, and that never.
   */
  boolean mayHaveBad(long nowNanos) {
    return lastBadSlot.get() > number(nowNanos) - SLOTS;
  }

  Tally tally(long nowNanos) {
    long oldest = number(nowNanos) - SLOTS + 1;
    long calls = 0;
    long failures = 0;
    long slow = 0;
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots.get(i);
      if (slot != null && slot.number >= oldest) {
        calls += slot.calls.sum();
        failures += slot.failures.sum();
        slow += slot.slow.sum();
      }
    }
    return new Tally(calls, failures, slow);
  }

  private Slot slot(long number) {
    int index = (int) (number % SLOTS);
    while (true) {
      Slot present = slots.get(index);
      if (present != null && present.number >= number) {
        return present;
      }
      Slot fresh = new Slot(number);
      if (slots.compareAndSet(index, present, fresh)) {
        return fresh;
      }
    }
  }

  private long number(long nowNanos) {
    return Math.max(0, (nowNanos - beganNanos) / slotNanos);
  }
}
