package dev.starling.ratelimiter;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A policy, ready to count: what it counts by, on which routes, and its windows.
 *
 * <p>Thread-safe: all but the counters is immutable. The counters are those of the whole node.
 */
final class LimitPolicy {
  private final String name;
  private final boolean perConsumer;
  private final boolean perRoute;
  private final boolean perIp;
  private final List<RoutePattern> routes;
  private final List<Limit> limits;
  private final LongAdder allowed = new LongAdder();
  private final LongAdder limited = new LongAdder();
  private final LongAdder tooCostly = new LongAdder();

  /**
   * @param routes empty for all
   */
  LimitPolicy(String name, Collection<KeyPart> per, List<RoutePattern> routes, List<Limit> limits) {
    this.name = name;
    this.perConsumer = per.contains(KeyPart.CONSUMER);
    this.perRoute = per.contains(KeyPart.ROUTE);
    this.perIp = per.contains(KeyPart.IP);
    this.routes = List.copyOf(routes);
    this.limits = List.copyOf(limits);
  }

  String name() {
    return name;
  }

  boolean perConsumer() {
    return perConsumer;
  }

  boolean perRoute() {
    return perRoute;
  }

  boolean perIp() {
    return perIp;
  }

  boolean appliesTo(String route) {
    return routes.isEmpty() || routes.stream().anyMatch(pattern -> pattern.matches(route));
  }

  List<Limit> limits() {
    return limits;
  }

  /** Calls that were counted. */
  LongAdder allowed() {
    return allowed;
  }

  /** Calls that this policy made wait the longest. */
  LongAdder limited() {
    return limited;
  }

  /** Calls that cost more than this policy ever gives at once. */
  LongAdder tooCostly() {
    return tooCostly;
  }
}
