package dev.starling.risk.training;

/** The logistic function. */
final class Logistic {
  private Logistic() {}

  /** The probability that a logit stands for. */
  static double of(double logit) {
    return 1 / (1 + StrictMath.exp(-logit));
  }
}
