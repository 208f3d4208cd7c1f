package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.policy.rule.Sharing;
import dev.starling.sdk.Members;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Whom this node shares rules with: Redis, and the nodes that run a limiter. Who did not answer is
 * left alone for a moment, so that not every call finds out for itself.
 *
 * <p>Thread-safe.
 */
final class NodeLenders implements Lenders {
  /** Of a lender that is gone for good, two calls in so much time wait in vain. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * One late answer may be a pause of this node; the second within so much time is the lender's.
   */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final Members members;
  private final BooleanSupplier redisIsUp;
  private final SipHash shared;
  private final AtomicLong redisPausedUntil = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong redisLateAt = new AtomicLong(LONG_AGO);
  private final Map<String, Long> nodesLateAt = new ConcurrentHashMap<>();
  private final Map<String, Long> nodesPausedUntil = new ConcurrentHashMap<>();
  private volatile boolean withoutRedis;

  /**
   * @param redisIsUp whether Redis can be asked; never, when there is none
   * @param shared a hash that is the same on every node
   */
  NodeLenders(Members members, BooleanSupplier redisIsUp, SipHash shared) {
    this.members = members;
    this.redisIsUp = redisIsUp;
    this.shared = shared;
  }

  @Override
  public int nodes() {
    return Math.max(1, nodeIds().size());
  }

  @Override
  public Keeper keeperOf(Lease lease, long nowNanos) {
    if (lease.rule().sharing() == Sharing.REDIS) {
      boolean asked = redisIsUp.getAsBoolean() && redisPausedUntil.get() <= nowNanos;
      if (withoutRedis == asked) {
        withoutRedis = !asked;
      }
      return asked ? Keeper.OTHER : Keeper.NOBODY;
    }
    List<String> nodes = nodeIds();
    if (nodes.isEmpty()) {
      return Keeper.SELF;
    }
    String keeper = lease.keeperAmong(nodes, shared);
    if (keeper.equals(members.self())) {
      return Keeper.SELF;
    }
    Long paused = nodesPausedUntil.get(keeper);
    return paused == null || paused <= nowNanos ? Keeper.OTHER : Keeper.NOBODY;
  }

  /** The node that keeps the bucket of a lease. */
  String nodeOf(Lease lease) {
    List<String> nodes = nodeIds();
    return nodes.isEmpty() ? members.self() : lease.keeperAmong(nodes, shared);
  }

  /** Redis did not answer in time. */
  void redisWasLate(long nowNanos) {
    if (nowNanos - redisLateAt.getAndSet(nowNanos) < AGAIN_NANOS) {
      redisPausedUntil.set(nowNanos + PAUSE_NANOS);
    }
  }

  /** A node did not answer in time. */
  void nodeWasLate(String nodeId, long nowNanos) {
    Long before = nodesLateAt.put(nodeId, nowNanos);
    if (before != null && nowNanos - before < AGAIN_NANOS) {
      nodesPausedUntil.put(nodeId, nowNanos + PAUSE_NANOS);
    }
    // Ids are never used again, so those of nodes that left would stay.
    nodesPausedUntil.values().removeIf(until -> nowNanos - until > PAUSE_NANOS);
    nodesLateAt.values().removeIf(at -> nowNanos - at > AGAIN_NANOS);
  }

  /** Whether calls that rules in Redis count were decided by this node's share a moment ago. */
  boolean isWithoutRedis() {
    return withoutRedis;
  }

  private List<String> nodeIds() {
    return members.serving(RateLimitContract.SERVICE);
  }
}
