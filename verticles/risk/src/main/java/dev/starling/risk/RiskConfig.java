package dev.starling.risk;

import dev.starling.sdk.Bounds;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The section {@code risk} of a node's configuration. Immutable.
 *
 * <p>The defaults of the thresholds are measured: on held-out orders the shipped model gives 5 % of
 * them at least {@code high} and 10 % at least {@code medium} ({@code scripts/train-risk}).
 *
 * @param model that scores orders; it takes {@code features} and gives {@code probability}
 * @param modelTimeout how long it may take
 * @param medium the least score of that level
 * @param high likewise
 */
public record RiskConfig(String model, Duration modelTimeout, double medium, double high) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public RiskConfig {
    if (model == null || !NAME.matcher(model).matches()) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: 1..100 of A-Z, a-z, 0-9, '.', '_' and '-')");
    }
    Bounds.within("model-timeout", modelTimeout, Duration.ofMillis(10), Duration.ofSeconds(30));
    share("medium", medium);
    share("high", high);
    if (medium > high) {
      throw new IllegalArgumentException(
          "medium: " + medium + " (expected: <= high, which is " + high + ")");
    }
  }

  public static RiskConfig defaults() {
    return new RiskConfig("order-risk", Duration.ofSeconds(1), 0.1, 0.15);
  }

  Thresholds thresholds() {
    return new Thresholds(medium, high);
  }

  private static void share(String key, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: > 0 and <= 1)");
    }
  }
}
