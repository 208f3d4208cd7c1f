package dev.starling.postgres;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the primary can be reached, judged by when it last answered. Thread-safe; time is passed
 * in, as {@link System#nanoTime()} counts it.
 *
 * <p>A network that drops packets tells nobody: without this, each caller would find out alone, on
 * one dead connection after the other, and hear that the outcome is unknown. What is refused here
 * was never sent.
 */
final class PrimaryReach {
  /** Without an answer for this long, calls are refused: four probes that found nobody. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final AtomicLong answeredNanos;

  /**
   * @param nowNanos when the server answered for the first time
   */
  PrimaryReach(long nowNanos) {
    this.answeredNanos = new AtomicLong(nowNanos);
  }

  /** Of a server that has not answered yet. */
  static PrimaryReach lost(long nowNanos) {
    return new PrimaryReach(nowNanos - PATIENCE.toNanos() - 1);
  }

  /** Notes an answer; lets callers through if they were not. */
  void answered(long nowNanos) {
    answeredNanos.set(nowNanos);
  }

  boolean isLost(long nowNanos) {
    return silence(nowNanos).compareTo(PATIENCE) > 0;
  }

  /** How long ago the last answer was. */
  Duration silence(long nowNanos) {
    return Duration.ofNanos(nowNanos - answeredNanos.get());
  }
}
