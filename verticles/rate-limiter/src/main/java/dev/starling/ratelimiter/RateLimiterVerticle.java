package dev.starling.ratelimiter;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether calls may be spent; configured by section {@code rate-limiter}.
 *
 * <p>One instance per event loop; all instances of a node count in the same buckets, so it does not
 * matter which of them a call reaches.
 */
public final class RateLimiterVerticle extends ServiceVerticle {
  private final LongSupplier nanoTime;
  private @Nullable RateLimiter limiter;

  public RateLimiterVerticle() {
    this(System::nanoTime);
  }

  /** A limiter with a clock of its own; all instances of a node must be given the same one. */
  RateLimiterVerticle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(RateLimitContract.SERVICE, RateLimiterConfig.defaults());
  }

  @Override
  protected Future<?> open() {
    limiter = new RateLimiter(limitsOf(node()));
    return serve(RateLimitContract.SPEND, this::spend);
  }

  private Future<Decision> spend(Spend call, CallContext context) {
    RateLimiter open = limiter;
    if (open == null) {
      return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, "not open"));
    }
    if (call.cost() < 1) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.INVALID_ARGUMENT, "cost: " + call.cost() + " (expected: >= 1)"));
    }
    return Future.succeededFuture(open.spend(call, nanoTime.getAsLong()));
  }

  private NodeLimits limitsOf(NodeScope node) {
    return node.shared(
        RateLimitContract.SERVICE,
        () -> {
          RateLimiterConfig config =
              node.config(RateLimitContract.SERVICE, RateLimiterConfig.defaults());
          NodeLimits limits = new NodeLimits(config, new SecureRandom());
          LimiterMeters.register(limits, node.meters(), nanoTime);
          return limits;
        });
  }
}
