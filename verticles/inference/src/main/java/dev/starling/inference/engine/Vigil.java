package dev.starling.inference.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps an idle worker awake for a moment. To wake a thread up takes some tens of microseconds, of
 * the thread that wakes it too: of a small model's run that is a good part.
 *
 * <p>Of a node's workers one is kept awake at a time, on nodes with several cores, and as long as
 * no model runs and nobody else wants its core: it offers it all the time, and when somebody had it
 * for long it gives up. So it uses what nobody else does. Thread-safe.
 */
final class Vigil {
  /** What comes so soon is worth being awake for. Clients in a closed loop take less than half. */
  static final long LONGEST_NANOS = 500_000;

  /** Whoever has the core for longer has something to do. */
  private static final long WANTED_NANOS = 100_000;

  /** Then there is none for so long: under load there is always somebody. */
  private static final long REST_NANOS = 20_000_000;

  private final Cores cores;
  private final LongSupplier nanoTime;
  private final AtomicBoolean kept = new AtomicBoolean();
  private volatile long restUntilNanos;

  Vigil(Cores cores, LongSupplier nanoTime) {
    this.cores = cores;
    this.nanoTime = nanoTime;
    this.restUntilNanos = nanoTime.getAsLong();
  }

  /** Takes the one place that there is; whoever has it calls {@link #keep}. */
  boolean begin() {
    return cores.haveRoom()
        && nanoTime.getAsLong() - restUntilNanos >= 0
        && kept.compareAndSet(false, true);
  }

  /** Returns when it is over, or when it has been long enough; gives the place back. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing depends on what the scheduler makes of it.
  void keep(BooleanSupplier over) {
    try {
      long before = nanoTime.getAsLong();
      long end = before + LONGEST_NANOS;
      while (!over.getAsBoolean() && cores.haveRoom()) {
        Thread.yield();
        long now = nanoTime.getAsLong();
        if (now - before >= WANTED_NANOS) {
          restUntilNanos = now + REST_NANOS;
          return;
        }
        if (now - end >= 0) {
          return;
        }
        before = now;
      }
    } finally {
      kept.set(false);
    }
  }
}
