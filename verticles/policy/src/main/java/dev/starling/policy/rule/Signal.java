package dev.starling.policy.rule;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What a node observes about itself, or about one of its routes, once a second. */
public enum Signal {
  /** Requests that arrived in the last second, refused ones included. */
  REQUESTS_PER_SECOND(true),
  /** Requests that are begun and not answered. */
  IN_FLIGHT(true),
  LATENCY_P50_MS(true),
  /** Answers of 500 and above among all, without what policy refused. */
  ERROR_PERCENT(true),
  /** How late the event loops are on average. */
  LOOP_LAG_MS(false),
  /** The heap in use after a collection, of the largest that it may be. */
  HEAP_PERCENT(false),
  /** How far the limit on concurrency is used up. */
  LIMIT_USED_PERCENT(true);

  private final boolean ofRoutes;

  Signal(boolean ofRoutes) {
    this.ofRoutes = ofRoutes;
  }

  /** Whether a route can have one of its own. */
  public boolean isOfRoutes() {
    return ofRoutes;
  }

  static Signal parse(String text) {
    return Words.parse(values(), text);
  }

  /** Those that a route can have, or the others, as alternatives. */
  static String names(boolean ofRoutes) {
    return Arrays.stream(values())
        .filter(signal -> signal.ofRoutes == ofRoutes)
        .map(Words::of)
        .collect(Collectors.joining("|"));
  }

  /** The name in the file. */
  @Override
  public String toString() {
    return Words.of(this);
  }
}
