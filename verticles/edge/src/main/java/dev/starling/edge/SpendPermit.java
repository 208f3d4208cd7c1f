package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rate limiter, unless it said a moment ago that no limit applies to the route. When it
 * does not answer the request goes on, and is counted: a limiter that is away must not take every
 * service with it.
 */
final class SpendPermit implements Stage {
  private final Bus bus;
  private final long timeoutNanos;
  private final RequestMeters meters;
  private final UncountedRoutes uncounted = new UncountedRoutes();

  SpendPermit(Bus bus, Duration timeout, RequestMeters meters) {
    this.bus = bus;
    this.timeoutNanos = timeout.toNanos();
    this.meters = meters;
  }

  @Override
  public boolean enter(Exchange exchange) {
    String operation = exchange.route().operation().id();
    if (uncounted.contains(operation, exchange.startNanos())) {
      return true;
    }
    Spend spend = new Spend(exchange.principal().subject(), operation, exchange.clientAddress(), 1);
    exchange.await(
        bus.call(
            RateLimitContract.SPEND,
            spend,
            new CallContext(
                exchange.deadlineWithin(timeoutNanos),
                exchange.trace(),
                exchange.principal(),
                exchange.route().operation().priority(),
                // Spending twice costs the caller one permit, waiting for a lost node its time.
                true)));
    return false;
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    if (answer instanceof Limited limited) {
      exchange.decided(limited);
      exchange.refuse(
          EdgeRefusal.LIMITED,
          "the limit " + limited.policy() + " is spent",
          List.of(limited.policy()));
      return false;
    }
    if (answer instanceof Uncounted now) {
      uncounted.learn(exchange.route().operation().id(), now, exchange.startNanos());
    } else if (answer instanceof Decision allowed) {
      exchange.decided(allowed);
    } else {
      meters.limiterSkipped();
    }
    return true;
  }
}
