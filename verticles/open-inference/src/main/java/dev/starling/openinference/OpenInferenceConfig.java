package dev.starling.openinference;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code open-inference} of a node's configuration. Immutable.
 *
 * @param maxBodyBytes the largest inference request, and the largest answer of another node's model
 * @param maxJsonBytes the largest JSON of a request; larger tensors come as binary data
 * @param deadline how long an inference may take at most
 * @param maxTexts texts of one request for embeddings
 * @param maxTextBytes the longest of them
 */
public record OpenInferenceConfig(
    int maxBodyBytes, int maxJsonBytes, Duration deadline, int maxTexts, int maxTextBytes) {
  public OpenInferenceConfig {
    Bounds.within("max-body-bytes", maxBodyBytes, 1024, 1 << 30);
    Bounds.within("max-json-bytes", maxJsonBytes, 1024, 1 << 26);
    Bounds.within("deadline", deadline, Duration.ofMillis(10), Duration.ofMinutes(10));
    Bounds.within("max-texts", maxTexts, 1, 4096);
    Bounds.within("max-text-bytes", maxTextBytes, 1, 1 << 20);
  }

  public static OpenInferenceConfig defaults() {
    return new OpenInferenceConfig(1 << 26, 1 << 23, Duration.ofSeconds(30), 256, 8192);
  }
}
