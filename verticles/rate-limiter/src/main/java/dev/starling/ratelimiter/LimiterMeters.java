package dev.starling.ratelimiter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What a node's limits look like from outside: {@code ratelimit.decisions} by policy and outcome,
 * {@code ratelimit.evictions}, and how full the table is.
 *
 * <p>The meters read counters that the limits keep anyway; nothing is added to the hot path.
 */
final class LimiterMeters {
  private LimiterMeters() {}

  /** Registers the meters of a node; called once for each {@link NodeLimits}. */
  static void register(NodeLimits limits, MeterRegistry meters, LongSupplier nanoTime) {
    for (LimitPolicy policy : limits.policies()) {
      decisions(meters, policy, "allowed", policy.allowed());
      decisions(meters, policy, "limited", policy.limited());
      decisions(meters, policy, "too-costly", policy.tooCostly());
    }
    BucketTable table = limits.table();
    FunctionCounter.builder("ratelimit.evictions", table, t -> t.usage().evicted())
        .description("Keys that started afresh because more were active than max-keys has room for")
        .register(meters);
    FunctionCounter.builder("ratelimit.recycled", table, t -> t.usage().recycled())
        .description("Slots of idle keys that were given to others; nothing was lost")
        .register(meters);
    Gauge.builder("ratelimit.keys.capacity", table, BucketTable::capacity)
        .description("Slots, one for each window and key")
        .register(meters);
    Gauge.builder("ratelimit.keys.occupied", table, t -> t.usage().occupied())
        .description("Slots in use, idle keys included")
        .register(meters);
    Gauge.builder("ratelimit.keys.busy", table, t -> t.busy(nanoTime.getAsLong()))
        .description("Keys with permits spent that have not flowed back")
        .register(meters);
  }

  private static void decisions(
      MeterRegistry meters, LimitPolicy policy, String outcome, LongAdder count) {
    FunctionCounter.builder("ratelimit.decisions", count, LongAdder::sum)
        .description("Calls that a policy let pass, or that waited for it the longest")
        .tag("policy", policy.name())
        .tag("outcome", outcome)
        .register(meters);
  }
}
