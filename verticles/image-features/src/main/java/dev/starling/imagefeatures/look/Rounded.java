package dev.starling.imagefeatures.look;

/** Shares and measures with as many digits as mean something. Without state. */
final class Rounded {
  private static final double STEPS = 10_000;

  private Rounded() {}

  /** Within 0..1, in steps of 1/10,000. */
  static double of(double value) {
    return Math.round(Math.min(1, Math.max(0, value)) * STEPS) / STEPS;
  }
}
