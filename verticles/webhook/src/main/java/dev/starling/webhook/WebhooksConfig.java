package dev.starling.webhook;

import static dev.starling.sdk.Bounds.within;

import dev.starling.sdk.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code webhooks} of a node's configuration. Immutable.
 *
 * @param allow hosts that may be reached in clear text and at private addresses, as {@code
 *     host:port}
 * @param secret signs messages; empty takes the one in the data directory
 * @param previousSecret signs them too, while receivers change to the new one
 * @param ca further authorities of receivers' certificates, PEM; empty for those of the JVM alone
 * @param timeout of one attempt as a whole
 * @param maxInFlight attempts that this node makes at once
 * @param maxResponseBytes of an answer's body that are read before the connection is cut
 * @param longestPause that a receiver can ask for with {@code Retry-After}
 */
public record WebhooksConfig(
    List<String> allow,
    Secret secret,
    Secret previousSecret,
    String ca,
    Duration timeout,
    int maxInFlight,
    int maxResponseBytes,
    Duration longestPause) {

  public WebhooksConfig(
      @Nullable List<String> allow,
      @Nullable Secret secret,
      @Nullable Secret previousSecret,
      @Nullable String ca,
      Duration timeout,
      int maxInFlight,
      int maxResponseBytes,
      Duration longestPause) {
    this.allow = allow == null ? List.of() : List.copyOf(allow);
    this.secret = checked("secret", secret);
    this.previousSecret = checked("previous-secret", previousSecret);
    this.ca = ca == null ? "" : ca.strip();
    this.timeout = within("timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(1));
    this.maxInFlight = within("max-in-flight", maxInFlight, 1, 10_000);
    this.maxResponseBytes = within("max-response-bytes", maxResponseBytes, 0, 16 * 1024 * 1024);
    this.longestPause = within("longest-pause", longestPause, Duration.ZERO, Duration.ofHours(24));
    allowedHosts();
  }

  public static WebhooksConfig defaults() {
    return new WebhooksConfig(
        List.of(),
        Secret.NONE,
        Secret.NONE,
        "",
        Duration.ofSeconds(5),
        64,
        64 * 1024,
        Duration.ofMinutes(5));
  }

  AllowedHosts allowedHosts() {
    return new AllowedHosts(allow);
  }

  private static Secret checked(String key, @Nullable Secret secret) {
    if (secret == null || !secret.isPresent()) {
      return Secret.NONE;
    }
    try {
      SigningSecret.parse(secret.value());
      return secret;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage());
    }
  }
}
