package dev.starling.policy.rule;

/**
 * Routes that share a limit on calls under way, which follows their latency.
 *
 * @param initial the limit to begin with, and the limit while {@code adaptive} is false
 * @param min never below
 * @param max never above
 */
public record ConcurrencyRule(
    String name, Match match, int initial, int min, int max, boolean adaptive)
    implements Named, Matched {
  public ConcurrencyRule {
    Expect.name("name", name);
    Expect.range("max", max, 1, 100_000);
    Expect.range("min", min, 1, max);
    Expect.range("initial", initial, min, max);
  }

  /** With the numbers that hold unless a file says otherwise. */
  public static ConcurrencyRule of(String name, Match match) {
    return new ConcurrencyRule(name, match, 20, 4, 1000, true);
  }
}
