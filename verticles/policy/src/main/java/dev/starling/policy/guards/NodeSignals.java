package dev.starling.policy.guards;

import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.degradation.Signals;
import dev.starling.policy.match.Caller;
import dev.starling.policy.rule.Signal;

/** What a node observed during the last second, for the rules of one policy. */
final class NodeSignals implements Signals {
  private static final double NANOS_PER_MILLI = 1e6;

  private final TrafficSignals traffic;
  private final GuardSet guards;
  private final double loopLagNanos;
  private final double heapPercent;

  NodeSignals(TrafficSignals traffic, GuardSet guards, double loopLagNanos, double heapPercent) {
    this.traffic = traffic;
    this.guards = guards;
    this.loopLagNanos = loopLagNanos;
    this.heapPercent = heapPercent;
  }

  @Override
  public double read(Signal signal, String operation) {
    return switch (signal) {
      case REQUESTS_PER_SECOND -> traffic.requestsPerSecond(operation);
      case IN_FLIGHT -> traffic.inFlight(operation);
      case LATENCY_P50_MS -> traffic.latencyP50Millis(operation);
      case ERROR_PERCENT -> traffic.errorPercent(operation);
      case LOOP_LAG_MS -> loopLagNanos / NANOS_PER_MILLI;
      case HEAP_PERCENT -> heapPercent;
      case LIMIT_USED_PERCENT -> limitUsed(operation);
    };
  }

  /** Of the class of an operation, or of the class that is the fullest. */
  private double limitUsed(String operation) {
    double used = 0;
    if (operation.isEmpty()) {
      for (ConcurrencyLimiter limiter : guards.limiters()) {
        used = Math.max(used, used(limiter));
      }
      return used;
    }
    for (RouteGuards route : guards.routes()) {
      ConcurrencyLimiter limiter = route.limiter(Caller.UNKNOWN);
      if (limiter != null && route.policy().route().operation().equals(operation)) {
        used = Math.max(used, used(limiter));
      }
    }
    return used;
  }

  private static double used(ConcurrencyLimiter limiter) {
    return 100.0 * limiter.inFlight() / limiter.limit();
  }
}
