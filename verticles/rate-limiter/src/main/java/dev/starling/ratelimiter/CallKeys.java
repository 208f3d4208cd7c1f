package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Spend;

/**
 * The keys of one call: each part hashed once, however many policies count by it.
 *
 * <p>Not thread-safe: belongs to one limiter, which reads each call into it.
 */
final class CallKeys {
  private final KeyHashes hashes;
  private final AddressReader addressReader = new AddressReader();
  private long consumer;
  private long route;
  private long address;

  CallKeys(KeyHashes hashes) {
    this.hashes = hashes;
  }

  /** Hashes those parts of a call that its plan counts by. */
  void read(Spend call, RoutePlan plan) {
    boolean anonymous = call.consumer().isEmpty();
    route = plan.routeHash();
    address =
        plan.byIp() || (plan.byConsumer() && anonymous)
            ? hashes.ofAddress(call.clientAddress(), addressReader)
            : 0;
    // All anonymous callers together would be one consumer that anybody can use up.
    consumer =
        anonymous ? address : plan.byConsumer() ? hashes.consumer().hash(call.consumer()) : 0;
  }

  /** The key under which a policy of the plan counts the call. */
  long of(LimitPolicy policy) {
    long key = 0;
    if (policy.perConsumer()) {
      key = Mixing.join(key, consumer);
    }
    if (policy.perRoute()) {
      key = Mixing.join(key, route);
    }
    if (policy.perIp()) {
      key = Mixing.join(key, address);
    }
    return key;
  }
}
