package dev.starling.ratelimiter;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Lend;
import dev.starling.contract.ratelimit.RateLimitContract.Lending;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.UnknownRule;
import dev.starling.redis.Redis;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers whether calls may be spent, and lends permits to other nodes; configured by section
 * {@code rate-limiter}, its limits by the node's policy.
 *
 * <p>One instance per event loop; all instances of a node count in the same buckets, so it does not
 * matter which of them a call reaches.
 */
public final class RateLimiterVerticle extends ServiceVerticle {
  private static final Logger log = LoggerFactory.getLogger(RateLimiterVerticle.class);

  private final @Nullable LongSupplier clock;
  private final Duration patience;
  private @Nullable SharedLimiter shared;
  private @Nullable RateLimiter limiter;
  private @Nullable Borrowing borrowing;

  public RateLimiterVerticle() {
    this(null, Borrowing.PATIENCE);
  }

  /**
   * A limiter with a clock of its own, which also counts what is shared through Redis; all
   * instances of a node must be given the same one.
   *
   * @param clock nanoseconds since the epoch that do not go back; null for the node's clock, and
   *     that of Redis
   * @param patience how long a call waits for permits that have to be borrowed
   */
  RateLimiterVerticle(@Nullable LongSupplier clock, Duration patience) {
    this.clock = clock;
    this.patience = patience;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(RateLimitContract.SERVICE, RateLimiterConfig.defaults());
  }

  @Override
  protected Future<?> open() {
    SharedLimiter ofNode =
        node().shared(RateLimitContract.SERVICE, () -> SharedLimiter.of(node(), nanos()));
    RateLimiter own = new RateLimiter(ofNode.limits(), ofNode.lenders());
    shared = ofNode;
    limiter = own;
    Optional<RedisLender> redis =
        ofNode.redis().map(known -> redisLender(known, ofNode.lenders(), ofNode.nanos()));
    borrowing = borrowing(ofNode, own, redis);
    // Once is enough for the script, the connection and the classes of all instances.
    return redis
        .map(lender -> node().once("rate-limiter:warm-up", lender::warmUp))
        .orElseGet(Future::succeededFuture)
        .compose(warm -> serve(RateLimitContract.SPEND, this::spend))
        .compose(serving -> serve(RateLimitContract.lend(node().nodeId()), this::lend));
  }

  private LongSupplier nanos() {
    LongSupplier given = clock;
    return given == null ? EpochClock.from(node().clock(), System::nanoTime) : given;
  }

  private RedisLender redisLender(Redis redis, NodeLenders lenders, LongSupplier nanos) {
    return new RedisLender(context, redis, lenders, nanos, clock != null);
  }

  private Borrowing borrowing(SharedLimiter ofNode, RateLimiter own, Optional<RedisLender> redis) {
    LongSupplier nanos = ofNode.nanos();
    Lender asked =
        redis
            .<Lender>map(known -> known)
            .orElse(asks -> Future.failedFuture("this node has no Redis"));
    Lender nodes = new NodeLender(bus(), ofNode.lenders(), nanos, patience);
    return new Borrowing(
        vertx, context, own, ofNode.lenders(), asked, nodes, ofNode.meters(), nanos, patience);
  }

  private Future<Decision> spend(Spend call, CallContext context) {
    Borrowing open = borrowing;
    if (open == null) {
      return notOpen();
    }
    if (call.cost() < 1) {
      return invalid("cost: " + call.cost() + " (expected: >= 1)");
    }
    Future<Decision> decided = open.decide(call);
    return log.isDebugEnabled()
        ? decided.onSuccess(decision -> logShadows(call, decision))
        : decided;
  }

  private static void logShadows(Spend call, Decision decision) {
    if (decision instanceof Allowed allowed && !allowed.shadows().isEmpty()) {
      log.debug(
          "{} of '{}' at {} would be limited by {}",
          call.operation(),
          call.consumer(),
          call.clientAddress(),
          allowed.shadows());
    }
  }

  private Future<Lending> lend(Lend request, CallContext context) {
    SharedLimiter ofNode = shared;
    RateLimiter open = limiter;
    if (ofNode == null || open == null) {
      return notOpen();
    }
    if (request.need() < 1 || request.want() < request.need()) {
      return invalid(
          "need: "
              + request.need()
              + ", want: "
              + request.want()
              + " (expected: 1 <= need <= want)");
    }
    Rule rule = ofNode.limits().rule(request.rule(), request.numbers());
    return Future.succeededFuture(
        rule == null
            ? new UnknownRule()
            : open.lend(
                rule, request.key(), request.need(), request.want(), ofNode.nanos().getAsLong()));
  }

  private static <T> Future<T> notOpen() {
    return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, "not open"));
  }

  private static <T> Future<T> invalid(String message) {
    return Future.failedFuture(new BusException(ErrorCode.INVALID_ARGUMENT, message));
  }
}
