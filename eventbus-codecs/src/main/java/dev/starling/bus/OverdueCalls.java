package dev.starling.bus;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The calls to another node that were hedged since it last answered any call: the first sign that
 * it has stopped, some tens of milliseconds old.
 *
 * <p>Thread-safe; shared by the {@link Target}s of one node.
 */
public final class OverdueCalls {
  /** One late answer is an accident; a node that is well answers another call in between. */
  private static final int MANY = 3;

  private final AtomicInteger count = new AtomicInteger();

  void add() {
    count.incrementAndGet();
  }

  /** The node has answered a call, or those that wait have been given up. */
  void clear() {
    // Nearly always zero already: a read is cheaper than a write that other cores must see.
    if (count.get() != 0) {
      count.set(0);
    }
  }

  boolean areMany() {
    return count.get() >= MANY;
  }
}
