package dev.starling.policy.guards;

import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.breaker.BreakerReport;
import dev.starling.policy.breaker.BreakerReport.State;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.rule.Words;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the guards of a node, and says in the log when a breaker changes. A guard whose rule is
 * gone is not shown any more.
 *
 * <p>Threading: {@link #show} is called by one thread at a time, {@link #changed} by any.
 */
final class GuardMeters {
  private static final Logger log = LoggerFactory.getLogger(GuardMeters.class);
  private static final String BREAKER = "breaker";
  private static final String BULKHEAD = "bulkhead";
  private static final String CLASS = "class";

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Map<Object, List<Meter>> shown = new IdentityHashMap<>();

  GuardMeters(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /** Shows these and no others. */
  void show(
      Collection<CircuitBreaker> breakers,
      Collection<Bulkhead> bulkheads,
      Collection<ConcurrencyLimiter> limiters) {
    Map<Object, Boolean> wanted = new IdentityHashMap<>();
    breakers.forEach(one -> wanted.put(one, true));
    bulkheads.forEach(one -> wanted.put(one, true));
    limiters.forEach(one -> wanted.put(one, true));
    // First what is gone: another guard may have its name.
    shown
        .entrySet()
        .removeIf(
            one -> {
              boolean gone = !wanted.containsKey(one.getKey());
              if (gone) {
                one.getValue().forEach(meters::remove);
              }
              return gone;
            });
    breakers.forEach(one -> shown.computeIfAbsent(one, absent -> register(one)));
    bulkheads.forEach(one -> shown.computeIfAbsent(one, absent -> register(one)));
    limiters.forEach(one -> shown.computeIfAbsent(one, absent -> register(one)));
  }

  void changed(CircuitBreaker breaker, BreakerReport after) {
    String state = Words.of(after.state());
    meters.counter("policy.breaker.transitions", BREAKER, breaker.name(), "to", state).increment();
    if (after.state() == State.OPEN) {
      log.warn(
          "Breaker {} is open for {} ms: {} {} % of {} calls (threshold {} %)",
          breaker.name(),
          after.remainingNanos() / 1_000_000,
          after.cause(),
          Math.round(after.observedPercent()),
          after.calls(),
          Math.round(after.thresholdPercent()));
    } else {
      log.info("Breaker {} is {}", breaker.name(), state);
    }
  }

  private List<Meter> register(CircuitBreaker breaker) {
    return List.of(
        Gauge.builder("policy.breaker.state", breaker, this::state)
            .description("0 while the breaker is closed, 1 half-open, 2 open")
            .tag(BREAKER, breaker.name())
            .register(meters),
        FunctionCounter.builder("policy.breaker.refused", breaker, CircuitBreaker::refused)
            .description("Calls that were not made because the breaker was open")
            .tag(BREAKER, breaker.name())
            .register(meters));
  }

  private double state(CircuitBreaker breaker) {
    return switch (breaker.report(nanoTime.getAsLong()).state()) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  private List<Meter> register(Bulkhead bulkhead) {
    String name = bulkhead.name();
    return List.of(
        Gauge.builder("policy.bulkhead.permits", bulkhead, Bulkhead::permits)
            .description("Calls that may be inside")
            .tag(BULKHEAD, name)
            .register(meters),
        Gauge.builder("policy.bulkhead.in.use", bulkhead, Bulkhead::inside)
            .description("Calls that are inside")
            .tag(BULKHEAD, name)
            .register(meters),
        Gauge.builder("policy.bulkhead.waiting", bulkhead, Bulkhead::waiting)
            .description("Calls that wait to enter")
            .tag(BULKHEAD, name)
            .register(meters),
        FunctionCounter.builder("policy.bulkhead.refused", bulkhead, Bulkhead::refused)
            .description("Calls that found it full or waited for too long")
            .tag(BULKHEAD, name)
            .register(meters));
  }

  private List<Meter> register(ConcurrencyLimiter limiter) {
    return List.of(
        Gauge.builder("policy.concurrency.limit", limiter, ConcurrencyLimiter::limit)
            .description("Calls of the class that may be in flight")
            .tag(CLASS, limiter.name())
            .register(meters),
        Gauge.builder("policy.concurrency.in.flight", limiter, ConcurrencyLimiter::inFlight)
            .description("Calls of the class that are in flight")
            .tag(CLASS, limiter.name())
            .register(meters));
  }
}
