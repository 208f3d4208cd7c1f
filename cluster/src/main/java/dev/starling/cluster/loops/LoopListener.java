package dev.starling.cluster.loops;

import java.time.Duration;

/** Hears of loops that are late or do not turn; must be quick and must not throw. */
public interface LoopListener {

  /**
   * How late a loop made itself by what it computed, every 20 ms and loop when it is not; called on
   * the loop.
   */
  void lag(long lagNanos, long nowNanos);

  /**
   * A loop does not turn; called once per episode, on the watchdog's thread.
   *
   * @param verticle whose code holds it; {@link Culprits#NONE} when it is nobody's
   * @param stack what it does
   */
  void blocked(String loop, String verticle, StackTraceElement[] stack);

  /** The loop turns again; called on the watchdog's thread. */
  void freed(String loop, String verticle, Duration held);
}
