package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.policy.PolicySource;
import dev.starling.redis.Redis;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What the limiters of a node share: its limits, whom it shares them with, and their meters. It
 * follows the policy of the node until it is closed.
 *
 * <p>Thread-safe.
 */
record SharedLimiter(
    NodeLimits limits,
    NodeLenders lenders,
    Optional<Redis> redis,
    LimiterMeters meters,
    LongSupplier nanos,
    Runnable follows)
    implements AutoCloseable {

  /**
   * @param nanos since the epoch, by a clock that does not go back
   */
  static SharedLimiter of(NodeScope node, LongSupplier nanos) {
    PolicySource policies = node.resource(PolicySource.class);
    Optional<Redis> redis = node.find(Redis.class);
    Members members = node.find(Members.class).orElseGet(() -> Members.alone(node.nodeId()));
    NodeLimits limits =
        new NodeLimits(
            node.config(RateLimitContract.SERVICE, RateLimiterConfig.defaults()),
            policies.current(),
            new SecureRandom());
    NodeLenders lenders =
        new NodeLenders(
            members, () -> redis.isPresent() && redis.get().isUp(), limits.hashes().shared());
    LimiterMeters meters = new LimiterMeters(limits, lenders, node.meters(), nanos);
    Runnable apply = () -> apply(policies, limits, meters);
    Runnable follows = policies.onChange(changed -> apply.run());
    // What changed since the limits were made must not be missed.
    apply.run();
    return new SharedLimiter(limits, lenders, redis, meters, nanos, follows);
  }

  /** Reads what is in force under the lock, so that of two changes the later one stays. */
  private static void apply(PolicySource policies, NodeLimits limits, LimiterMeters meters) {
    synchronized (limits) {
      limits.use(policies.current());
      meters.follow(limits.rules());
    }
  }

  @Override
  public void close() {
    follows.run();
  }
}
