package dev.starling.bench;

/**
 * What the callers of a load are worth by the policy file, and how many of a hundred calls each
 * makes.
 */
enum Importance {
  // At ten times the capacity critical calls are half of it, so that all of them can be served.
  CRITICAL("gold", 5),
  NORMAL("silver", 55),
  SHEDDABLE("free", 40);

  private final String tier;
  private final int percent;

  Importance(String tier, int percent) {
    this.tier = tier;
    this.percent = percent;
  }

  String tier() {
    return tier;
  }

  int percent() {
    return percent;
  }

  /** Whose turn it is, of a number in 0..99. */
  static Importance of(int number) {
    int left = number;
    for (Importance importance : values()) {
      if (left < importance.percent) {
        return importance;
      }
      left -= importance.percent;
    }
    throw new IllegalArgumentException("number: " + number + " (expected: 0..99)");
  }
}
