package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long calls may take.
 *
 * @param max whatever the client says; null for as long as the operation declares
 * @param byDefault when the client says nothing, {@code default} in the file; null for {@code max}
 */
public record DeadlineRule(
    Match match, @Nullable Duration max, @JsonProperty("default") @Nullable Duration byDefault)
    implements Matched {
  private static final Duration SHORTEST = Duration.ofMillis(1);

  public DeadlineRule {
    if (max == null && byDefault == null) {
      throw Expect.refusal("max", null, "max, default or both");
    }
    if (max != null) {
      Expect.range("max", max, SHORTEST, Expect.DAY);
    }
    if (byDefault != null) {
      Expect.range("default", byDefault, SHORTEST, max == null ? Expect.DAY : max);
    }
  }
}
