package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.service.OperationRecord;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rate limiter, unless it said a moment ago that no limit applies to the route, and waits
 * where it says so. When it does not answer the request goes on, and is counted: a limiter that is
 * away must not take every service with it.
 */
final class SpendPermit implements Stage {
  private final Vertx vertx;
  private final Bus bus;
  private final long timeoutNanos;
  private final RequestMeters meters;
  private final UncountedRoutes uncounted = new UncountedRoutes();

  SpendPermit(Vertx vertx, Bus bus, Duration timeout, RequestMeters meters) {
    this.vertx = vertx;
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
    exchange.await(
        bus.call(
            RateLimitContract.SPEND,
            spend(exchange),
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
    } else if (answer instanceof Allowed allowed) {
      exchange.decided(allowed);
      if (allowed.delayMillis() > 0) {
        exchange.await(vertx.timer(allowed.delayMillis(), TimeUnit.MILLISECONDS));
        return false;
      }
    } else if (failure != null) {
      meters.limiterSkipped();
    }
    // Without an answer and without a failure it is the delay that is over.
    return true;
  }

  /** For a delay there is as much time as the client waits, as the limiter must know beforehand. */
  private static Spend spend(Exchange exchange) {
    OperationRecord operation = exchange.route().operation();
    Principal principal = exchange.principal();
    long leftNanos = Math.max(0, exchange.deadlineNanos() - System.nanoTime());
    return new Spend(
        principal.subject(),
        principal.tenant(),
        principal.tier(),
        operation.id(),
        operation.method(),
        operation.path(),
        exchange.clientAddress(),
        1,
        (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(leftNanos)));
  }
}
