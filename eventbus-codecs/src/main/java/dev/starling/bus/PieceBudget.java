package dev.starling.bus;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of unfinished bodies may be in memory at once, whoever sends them. Thread-safe.
 */
public final class PieceBudget {
  private final long maxBytes;
  private final AtomicLong taken = new AtomicLong();

  public PieceBudget(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("bytes: " + maxBytes + " (expected: >= 1)");
    }
    this.maxBytes = maxBytes;
  }

  /**
   * An eighth of the heap: bodies are held twice while they are put together, and what is made of
   * them is as large again.
   */
  public static PieceBudget ofHeap() {
    return new PieceBudget(Math.max(1, Runtime.getRuntime().maxMemory() / 8));
  }

  /** Bytes that are taken now. */
  public long taken() {
    return taken.get();
  }

  boolean tryTake(int bytes) {
    if (taken.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }
}
