package dev.starling.cluster.config;

import dev.starling.sdk.Bounds;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the spans of sampled traces go.
 *
 * @param endpoint of an OpenTelemetry collector that takes OTLP over HTTP, e.g. {@code
 *     http://collector:4318}; empty to record nothing
 * @param sampleRate the part of the traces beginning here that is sampled, 0..1; those that clients
 *     begin are sampled as they say
 * @param maxQueue spans that wait to be sent; more are dropped and counted
 */
public record OtelConfig(String endpoint, double sampleRate, int maxQueue) {

  public OtelConfig {
    if (!endpoint.isEmpty() && !isHttp(endpoint)) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: http://host:port or https://host:port)");
    }
    if (!(sampleRate >= 0 && sampleRate <= 1)) {
      throw new IllegalArgumentException("sample-rate: " + sampleRate + " (expected: 0..1)");
    }
    Bounds.within("max-queue", maxQueue, 1, 1 << 20);
  }

  public static OtelConfig defaults() {
    return new OtelConfig("", 0, 2048);
  }

  public boolean exports() {
    return !endpoint.isEmpty();
  }

  /** Where traces are posted to, below the endpoint, as OTLP has it. */
  public String tracesUrl() {
    return endpoint + (endpoint.endsWith("/") ? "" : "/") + "v1/traces";
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
