package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.policy.rule.Sharing;
import dev.starling.sdk.Members;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Whom this node shares rules with: Redis, and the nodes that run a limiter. Who did not answer is
 * left alone for a moment, so that not every call finds out for itself.
 *
 * <p>Thread-safe.
 */
final class NodeLenders implements Lenders {
  private final Members members;
  private final BooleanSupplier redisIsUp;
  private final SipHash shared;
  private final LenderPause redisPause = new LenderPause();
  private final Map<String, LenderPause> nodePauses = new ConcurrentHashMap<>();
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
      boolean asked = redisIsUp.getAsBoolean() && !redisPause.holds(nowNanos);
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
    LenderPause pause = nodePauses.get(keeper);
    return pause == null || !pause.holds(nowNanos) ? Keeper.OTHER : Keeper.NOBODY;
  }

  /** The node that keeps the bucket of a lease. */
  String nodeOf(Lease lease) {
    List<String> nodes = nodeIds();
    return nodes.isEmpty() ? members.self() : lease.keeperAmong(nodes, shared);
  }

  /** Redis did not answer in time. */
  void redisWasLate(long nowNanos) {
    redisPause.late(nowNanos);
  }

  /** A node did not answer in time. */
  void nodeWasLate(String nodeId, long nowNanos) {
    // Ids are never used again, so those of nodes that left would stay.
    nodePauses.values().removeIf(pause -> pause.isOver(nowNanos));
    nodePauses.computeIfAbsent(nodeId, first -> new LenderPause()).late(nowNanos);
  }

  /** Whether calls that rules in Redis count were decided by this node's share a moment ago. */
  boolean isWithoutRedis() {
    return withoutRedis;
  }

  private List<String> nodeIds() {
    return members.serving(RateLimitContract.SERVICE);
  }
}
