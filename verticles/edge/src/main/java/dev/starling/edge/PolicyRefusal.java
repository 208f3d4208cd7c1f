package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Counter;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.service.OperationRecord;
import dev.starling.policy.admission.Shed;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.guards.Refusals;
import dev.starling.policy.rule.Words;
import java.util.List;

/**
 * The traffic policy refuses a request. Immutable.
 *
 * @param refusal what is recorded and told
 * @param detail the same for people
 * @param outcome whether anything was done
 * @param violatedPolicies the limits that refused
 */
record PolicyRefusal(
    Refusal refusal, String detail, Problem.Outcome outcome, List<String> violatedPolicies) {
  private static final String NOTHING_DONE = "; nothing was done";

  /** A limit has no permits left. */
  static PolicyRefusal limited(Limited limited) {
    return new PolicyRefusal(
        refusal(
            Kind.LIMITED,
            limited.rule(),
            limited.threshold(),
            limited.observed(),
            (int) RateLimitHeaders.retryAfterSeconds(limited),
            List.of()),
        "the limit " + limited.policy() + " is spent",
        Problem.Outcome.IMPLIED,
        List.of(limited.policy()));
  }

  /**
   * The node has too much to do.
   *
   * @param inFlight requests of this event loop
   */
  static PolicyRefusal shed(Shed shed, Priority priority, int inFlight) {
    long observed = Math.round(shed.observed());
    long threshold = Math.round(shed.threshold());
    String what =
        switch (shed.guard()) {
          case HEAP -> "memory is short (" + observed + " % in use, " + threshold + " allowed)";
          case LOOP_LAG ->
              "event loops are late (by " + observed + " ms, " + threshold + " allowed)";
          case CONCURRENCY ->
              "too many calls are under way (" + observed + " of " + threshold + ")";
        };
    return notExecuted(
        refusal(
            Kind.SHED,
            shed.rule(),
            shed.threshold(),
            shed.observed(),
            shed.retryAfterSeconds(),
            List.of(counter("priority", priority.ordinal()), counter("loop-in-flight", inFlight))),
        what + " for a request of priority " + Words.of(priority));
  }

  /** An event loop has as many requests as it may have at all. */
  static PolicyRefusal full(int most, int inFlight, Priority priority, int retryAfterSeconds) {
    return notExecuted(
        refusal(
            Kind.SHED,
            "http.max-in-flight",
            most,
            inFlight,
            retryAfterSeconds,
            List.of(counter("priority", priority.ordinal()))),
        "too much to do now");
  }

  static PolicyRefusal bulkhead(Bulkhead bulkhead, int retryAfterSeconds) {
    return notExecuted(
        Refusals.of(bulkhead, retryAfterSeconds),
        "too many calls are in " + bulkhead.name() + " already");
  }

  static PolicyRefusal breaker(CircuitBreaker breaker, long nowNanos) {
    return notExecuted(
        Refusals.of(breaker, nowNanos),
        "what this needs has failed too often and is given a pause");
  }

  /** Too many wait for the answer that somebody fetches. */
  static PolicyRefusal crowded(String rule, int followers, int retryAfterSeconds) {
    return notExecuted(
        refusal(Kind.CROWDED, rule, followers, followers, retryAfterSeconds, List.of()),
        "too many wait for the same answer");
  }

  /**
   * A call took longer than it may.
   *
   * @param rule what said how long that is
   */
  static PolicyRefusal late(ErrorCode code, String rule, long allowedMillis, long tookMillis) {
    return new PolicyRefusal(
        refusal(Kind.DEADLINE, rule, allowedMillis, tookMillis, 0, List.of()),
        HttpErrors.problem(code).detail(),
        code.notExecuted() ? Problem.Outcome.NOT_EXECUTED : Problem.Outcome.UNKNOWN,
        List.of());
  }

  /**
   * No rule refused, but a call came to no end: its service is away, is full, or was lost
   * meanwhile.
   *
   * @param rule who did not do it, e.g. the service
   * @param why for operators, e.g. {@code node-lost}
   */
  static Refusal unanswered(int status, String rule, String why) {
    Kind kind = status == 429 ? Kind.LIMITED : Kind.UNAVAILABLE;
    return new Refusal(kind, status, rule, 0, 0, 0, List.of(counter(why, 1)));
  }

  /** Remembers that a request was refused so. */
  Decision record(Exchange exchange) {
    return record(exchange, refusal);
  }

  static Decision record(Exchange exchange, Refusal refusal) {
    OperationRecord operation = exchange.route().operation();
    return exchange
        .loop()
        .enforcement
        .decisions()
        .record(
            new Decision.Call(
                exchange.trace().traceId(),
                exchange.requestId().toString(),
                operation.method() + ' ' + operation.path(),
                operation.id(),
                exchange.principal().subject(),
                exchange.clientAddress()),
            refusal);
  }

  private static PolicyRefusal notExecuted(Refusal refusal, String detail) {
    return new PolicyRefusal(
        refusal, detail + NOTHING_DONE, Problem.Outcome.NOT_EXECUTED, List.of());
  }

  private static Refusal refusal(
      Kind kind,
      String rule,
      double threshold,
      double observed,
      int retryAfterSeconds,
      List<Counter> counters) {
    return new Refusal(
        kind, HttpErrors.status(kind), rule, threshold, observed, retryAfterSeconds, counters);
  }

  private static Counter counter(String name, double value) {
    return new Counter(name, value);
  }
}
