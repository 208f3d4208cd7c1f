package dev.starling.policy.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many calls may be under way at once. All routes that a rule matches share its room.
 *
 * @param match on which routes; null for a dependency
 * @param dependency what is called: {@link Dependencies}; null for routes
 * @param maxWaiting calls that may wait for room; zero refuses at once
 * @param maxWait the longest that one waits
 */
public record BulkheadRule(
    String name,
    @Nullable Match match,
    @Nullable String dependency,
    int maxConcurrent,
    int maxWaiting,
    Duration maxWait)
    implements Named {
  public BulkheadRule {
    Expect.name("name", name);
    if ((match == null) == (dependency == null)) {
      throw Expect.refusal(
          "match", match == null ? null : "beside a dependency", "one of match and dependency");
    }
    if (dependency != null) {
      Dependencies.require(dependency);
    }
    Expect.range("max-concurrent", maxConcurrent, 1, 100_000);
    Expect.range("max-waiting", maxWaiting, 0, 100_000);
    Expect.range("max-wait", maxWait, Duration.ZERO, Duration.ofSeconds(30));
  }

  /** The same for one of several that are the same kind of dependency, e.g. one database. */
  public BulkheadRule of(String instance) {
    return new BulkheadRule(
        Dependencies.ruleOf(name, instance), match, dependency, maxConcurrent, maxWaiting, maxWait);
  }
}
