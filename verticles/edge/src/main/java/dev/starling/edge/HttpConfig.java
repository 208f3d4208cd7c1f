package dev.starling.edge;

import dev.starling.policy.match.Cidr;
import dev.starling.sdk.Bounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How the edge listens and what it puts up with: the section {@code http} of the configuration.
 *
 * @param host the address to listen on; the edge is the node's public door, so every address unless
 *     told otherwise
 * @param port 0 takes any free one
 * @param maxUriBytes the longest request target; a longer one is answered 414
 * @param maxHeaderBytes all request headers together; more is answered 431
 * @param maxConnections on one event loop; one more is closed at once
 * @param maxInFlight requests that one event loop works on; one more is answered 503
 * @param idleTimeout how long a connection may be without a complete request head, and how long a
 *     client may take to read an answer
 * @param requestTimeout how long a client may take to send one request's body
 * @param maxRequestTimeout no operation gets more time than this, whatever it declares
 * @param authTimeout how long a token's verification may take
 * @param limitTimeout how long the rate limiter may take; then the request goes on without it
 * @param shutdownGrace how long requests in flight may take to end when the node stops
 * @param trustedProxies networks in CIDR notation whose {@code Forwarded} and {@code
 *     X-Forwarded-For} are believed
 * @param cacheBytes how much memory the answers may take that the rules of {@code caches} keep, all
 *     together
 * @param docs whether {@code /docs} and {@code /openapi.json} are served
 */
public record HttpConfig(
    String host,
    int port,
    Tls tls,
    Cors cors,
    int maxUriBytes,
    int maxHeaderBytes,
    int maxConnections,
    int maxInFlight,
    Duration idleTimeout,
    Duration requestTimeout,
    Duration maxRequestTimeout,
    Duration authTimeout,
    Duration limitTimeout,
    Duration shutdownGrace,
    List<String> trustedProxies,
    int cacheBytes,
    boolean docs,
    Streams streams,
    AccessLogConfig accessLog) {

  public HttpConfig {
    require(!host.isBlank(), "host", host, "an address to listen on");
    Bounds.within("port", port, 0, 65_535);
    Bounds.within("max-uri-bytes", maxUriBytes, 64, 65_536);
    Bounds.within("max-header-bytes", maxHeaderBytes, 256, 65_536);
    Bounds.within("max-connections", maxConnections, 1, 1_000_000);
    Bounds.within("max-in-flight", maxInFlight, 1, 1_000_000);
    range("idle-timeout", idleTimeout);
    range("request-timeout", requestTimeout);
    range("max-request-timeout", maxRequestTimeout);
    range("auth-timeout", authTimeout);
    range("limit-timeout", limitTimeout);
    range("shutdown-grace", shutdownGrace);
    Bounds.within("cache-bytes", cacheBytes, 1 << 10, Integer.MAX_VALUE);
    trustedProxies = List.copyOf(trustedProxies);
    for (String network : trustedProxies) {
      require(
          Cidr.isValid(network),
          "trusted-proxies",
          network,
          "a network such as 10.0.0.0/8 or fd00::/8");
    }
  }

  public static HttpConfig defaults() {
    return new HttpConfig(
        "0.0.0.0",
        8080,
        new Tls(false, "", ""),
        new Cors(List.of()),
        4096,
        8192,
        10_000,
        4096,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        List.of(),
        32 << 20,
        true,
        new Streams(10_000, 16, Duration.ofSeconds(15)),
        new AccessLogConfig(false));
  }

  /**
   * HTTP/2 and HTTP/1.1 over TLS 1.2 and 1.3; without it, HTTP/1.1 in clear text.
   *
   * @param cert path of the certificate chain, PEM
   * @param key path of the private key, PKCS#8 in PEM
   */
  public record Tls(boolean enabled, String cert, String key) {
    public Tls {
      if (enabled) {
        readable("cert", cert);
        readable("key", key);
      }
    }

    private static void readable(String name, String file) {
      require(
          !file.isEmpty() && Files.isReadable(Path.of(file)), name, file, "a readable PEM file");
    }
  }

  /**
   * Which web pages may call the API from a browser.
   *
   * @param origins e.g. {@code https://app.example.org}; {@code *} for every one; empty for none
   */
  public record Cors(List<String> origins) {
    public Cors {
      origins = List.copyOf(origins);
      for (String origin : origins) {
        boolean url = origin.startsWith("http://") || origin.startsWith("https://");
        require(
            origin.equals("*") || url && origin.indexOf('/', 8) < 0,
            "origins",
            origin,
            "scheme://host[:port] or *");
      }
    }
  }

  /**
   * Streams of clients: server-sent events, lines, WebSockets.
   *
   * @param max on this node; one more is answered 503
   * @param maxPerConnection on one connection, which with HTTP/1.1 can have only one; one more is
   *     answered 429
   * @param heartbeat how often a quiet stream says that it is there
   */
  public record Streams(int max, int maxPerConnection, Duration heartbeat) {
    public Streams {
      Bounds.within("max", max, 1, 1_000_000);
      Bounds.within("max-per-connection", maxPerConnection, 1, 100);
      range("heartbeat", heartbeat);
    }
  }

  /** One line of JSON for each request, to the logger {@code dev.starling.access}. */
  public record AccessLogConfig(boolean enabled) {}

  private static void range(String key, Duration value) {
    long millis = value.toMillis();
    require(millis >= 1 && millis <= 3_600_000, key, value.toString(), "1ms..1h");
  }

  private static void require(boolean good, String key, String value, String expected) {
    if (!good) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
