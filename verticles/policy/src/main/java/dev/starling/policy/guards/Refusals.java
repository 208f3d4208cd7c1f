package dev.starling.policy.guards;

import dev.starling.contract.decision.Decision.Counter;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.policy.breaker.BreakerReport;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is recorded when a guard refuses a call, of a service or of a dependency. */
public final class Refusals {
  private static final int UNAVAILABLE = 503;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Refusals() {}

  /**
   * A bulkhead is full, or somebody waited there for too long.
   *
   * @param retryAfterSeconds which a bulkhead does not know
   */
  public static Refusal of(Bulkhead bulkhead, int retryAfterSeconds) {
    int inside = bulkhead.inside();
    int waiting = bulkhead.waiting();
    return new Refusal(
        Kind.BULKHEAD,
        UNAVAILABLE,
        bulkhead.name(),
        bulkhead.permits(),
        inside + waiting,
        retryAfterSeconds,
        List.of(new Counter("inside", inside), new Counter("waiting", waiting)));
  }

  /** A breaker lets nothing through; it may when the seconds are over, not before. */
  public static Refusal of(CircuitBreaker breaker, long nowNanos) {
    BreakerReport report = breaker.report(nowNanos);
    long remaining = report.remainingNanos();
    long seconds = (remaining + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    return new Refusal(
        Kind.BREAKER,
        UNAVAILABLE,
        breaker.name(),
        report.thresholdPercent(),
        report.observedPercent(),
        (int) Math.max(1, seconds),
        List.of(
            new Counter("calls", report.calls()),
            new Counter("remaining-ms", TimeUnit.NANOSECONDS.toMillis(remaining))));
  }
}
