package dev.starling.edge;

import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The routes that the rate limiter said it does not limit, and until when that holds: their calls
 * need not ask. Not thread-safe: an event loop has its own.
 */
final class UncountedRoutes {
  /** Operations come and go with the services that announce them; no more are remembered. */
  static final int MAX_ROUTES = 4096;

  private final Map<String, Long> untilNanos = new HashMap<>();

  /**
   * @param askedNanos when the limiter was asked, which is not later than when it answered
   */
  void learn(String operationId, Uncounted answer, long askedNanos) {
    if (answer.validMillis() == 0) {
      return;
    }
    if (untilNanos.size() == MAX_ROUTES) {
      untilNanos.clear();
    }
    untilNanos.put(operationId, askedNanos + TimeUnit.MILLISECONDS.toNanos(answer.validMillis()));
  }

  boolean contains(String operationId, long nowNanos) {
    Long until = untilNanos.get(operationId);
    return until != null && nowNanos - until < 0;
  }
}
