package dev.starling.textfeatures;

import dev.starling.sdk.Bounds;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The section {@code text-features} of a node's configuration. Immutable.
 *
 * @param model that makes vectors: input {@code text}, output {@code embedding}
 * @param modelTimeout longest wait for it, for one text
 * @param maxTextBytes of UTF-8; longer texts are refused
 * @param cacheBytes about how much memory an instance uses to remember vectors
 * @param maxRunning texts that an instance asks the model for at once
 * @param maxWaiting texts that may wait for that; one more fails
 */
public record TextFeaturesConfig(
    String model,
    Duration modelTimeout,
    int maxTextBytes,
    int cacheBytes,
    int maxRunning,
    int maxWaiting) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public TextFeaturesConfig {
    if (model == null || !NAME.matcher(model).matches()) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: 1..128 of letters, digits, '.', '_' and '-')");
    }
    Bounds.within("model-timeout", modelTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
    // The tokenizer of the inference service ends there.
    Bounds.within("max-text-bytes", maxTextBytes, 1, 64 * 1024);
    Bounds.within("cache-bytes", cacheBytes, 0, 1 << 30);
    Bounds.within("max-running", maxRunning, 1, 1024);
    Bounds.within("max-waiting", maxWaiting, 0, 100_000);
  }

  public static TextFeaturesConfig defaults() {
    return new TextFeaturesConfig(
        "all-minilm-l6-v2", Duration.ofSeconds(5), 8 * 1024, 32 << 20, 32, 1024);
  }
}
