package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Spend;

/**
 * The keys of one call: each part hashed once, however many rules count by it.
 *
 * <p>Not thread-safe: belongs to one limiter, which reads each call into it.
 */
final class CallKeys {
  private final KeyHashes hashes;
  private final AddressReader addressReader = new AddressReader();
  private long consumer;
  private long tenant;
  private long route;
  private long address;

  CallKeys(KeyHashes hashes) {
    this.hashes = hashes;
  }

  /** Hashes those parts of a call that its plan counts by. */
  void read(Spend call, RoutePlan plan) {
    boolean anonymous = call.consumer().isEmpty();
    boolean byTenant = plan.byTenant() && !call.tenant().isEmpty();
    boolean byConsumer = plan.byConsumer() || (plan.byTenant() && !byTenant);
    route = plan.routeHash();
    address =
        plan.byIp() || (byConsumer && anonymous)
            ? hashes.ofAddress(call.clientAddress(), addressReader)
            : 0;
    // All anonymous callers together would be one consumer that anybody can use up.
    consumer = anonymous ? address : byConsumer ? hashes.consumer().hash(call.consumer()) : 0;
    // Likewise those without a tenant.
    tenant = byTenant ? hashes.tenant().hash(call.tenant()) : consumer;
  }

  /** The key under which a rule of the plan counts the call on this node. */
  long of(Rule rule) {
    long key = 0;
    if (rule.perConsumer()) {
      key = Mixing.join(key, consumer);
    }
    if (rule.perTenant()) {
      key = Mixing.join(key, tenant);
    }
    if (rule.perRoute()) {
      key = Mixing.join(key, route);
    }
    if (rule.perIp()) {
      key = Mixing.join(key, address);
    }
    return key;
  }

  /**
   * The same as text, equal on every node. Parts have their kind and length in front, so that no
   * two callers can be made to look like one.
   */
  String textOf(Rule rule, Spend call) {
    StringBuilder text = new StringBuilder();
    if (rule.perConsumer()) {
      appendConsumer(text, call);
    }
    if (rule.perTenant()) {
      if (call.tenant().isEmpty()) {
        appendConsumer(text, call);
      } else {
        append(text, 't', call.tenant());
      }
    }
    if (rule.perRoute()) {
      append(text, 'r', call.operation());
    }
    if (rule.perIp()) {
      append(text, 'a', hashes.networkOf(call.clientAddress(), addressReader));
    }
    return text.toString();
  }

  private void appendConsumer(StringBuilder text, Spend call) {
    if (call.consumer().isEmpty()) {
      append(text, 'a', hashes.networkOf(call.clientAddress(), addressReader));
    } else {
      append(text, 'c', call.consumer());
    }
  }

  private static void append(StringBuilder text, char kind, String part) {
    text.append(kind).append(part.length()).append(':').append(part);
  }
}
