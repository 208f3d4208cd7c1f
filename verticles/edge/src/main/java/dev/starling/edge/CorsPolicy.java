package dev.starling.edge;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which origins' pages may read answers (the Fetch standard's CORS protocol). Immutable. */
final class CorsPolicy {
  /** What scripts may send besides the headers that the standard always allows. */
  static final String REQUEST_HEADERS =
      "authorization, content-type, idempotency-key, if-match, if-none-match, starling-position,"
          + " traceparent, tracestate, x-request-id, x-request-timeout-ms";

  /** What scripts may read besides the headers that the standard always allows. */
  static final String RESPONSE_HEADERS =
      "age, cache-status, etag, location, ratelimit, ratelimit-policy, retry-after,"
          + " starling-degraded, starling-position, traceparent, x-request-id";

  static final String MAX_AGE_SECONDS = "600";

  private final Set<String> origins;
  private final boolean any;

  CorsPolicy(HttpConfig.Cors config) {
    this.origins = Set.copyOf(config.origins());
    this.any = origins.contains("*");
  }

  boolean isEnabled() {
    return !origins.isEmpty();
  }

  /** The value of {@code Access-Control-Allow-Origin}; null when the origin may not. */
  @Nullable String allow(@Nullable String origin) {
    if (origin == null) {
      return null;
    }
    return any ? "*" : origins.contains(origin) ? origin : null;
  }
}
