package dev.starling.ratelimiter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What a node's limits look like from outside: {@code ratelimit.decisions} by policy and outcome,
 * what was borrowed and how long calls waited for it, {@code ratelimit.evictions}, and how full the
 * table is.
 *
 * <p>Thread-safe. The meters read counters that the limits keep anyway; only calls that have to
 * wait are measured.
 */
final class LimiterMeters {
  private final MeterRegistry meters;
  private final Map<Tally, List<Meter>> ofRules = new HashMap<>();
  private final Timer waits;
  private final Counter alone;

  /** Registers the meters of a node; called once for each {@link NodeLimits}. */
  LimiterMeters(NodeLimits limits, NodeLenders lenders, MeterRegistry meters, LongSupplier nanos) {
    this.meters = meters;
    this.waits =
        Timer.builder("ratelimit.lease.wait")
            .description("How long calls waited whose permits had to be borrowed first")
            .register(meters);
    this.alone =
        Counter.builder("ratelimit.lease.unanswered")
            .description("Calls that waited in vain and were decided by this node's share")
            .register(meters);
    LeaseBook leases = limits.leases();
    Gauge.builder("ratelimit.lease.keys", leases, LeaseBook::size)
        .description("Keys of shared limits that this node has a lease of, empty ones included")
        .register(meters);
    Gauge.builder("ratelimit.lease.permits", leases, book -> book.outstanding(nanos.getAsLong()))
        .description("Permits that this node has borrowed and not given to anybody yet")
        .register(meters);
    FunctionCounter.builder("ratelimit.lease.expired", leases, LeaseBook::lost)
        .description("Permits that were borrowed and not used in time")
        .register(meters);
    Gauge.builder("ratelimit.fallback", lenders, known -> known.isWithoutRedis() ? 1 : 0)
        .description("1 while this node gives its share of limits that it cannot share")
        .tag("policy", "redis")
        .register(meters);
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
    Gauge.builder("ratelimit.keys.busy", table, t -> t.busy(nanos.getAsLong()))
        .description("Keys with permits spent that have not flowed back")
        .register(meters);
  }

  /** Shows these rules, and no longer those that are not among them. */
  synchronized void follow(List<Rule> rules) {
    List<Tally> shown = rules.stream().map(Rule::tally).toList();
    ofRules
        .entrySet()
        .removeIf(
            old -> {
              boolean gone = !shown.contains(old.getKey());
              if (gone) {
                old.getValue().forEach(meters::remove);
              }
              return gone;
            });
    shown.forEach(tally -> ofRules.computeIfAbsent(tally, this::decisions));
  }

  /** A call has waited for permits that had to be borrowed. */
  void waited(long elapsedNanos) {
    waits.record(elapsedNanos, TimeUnit.NANOSECONDS);
  }

  /** A call was decided by this node's share, because nobody answered. */
  void decidedAlone() {
    alone.increment();
  }

  private List<Meter> decisions(Tally tally) {
    List<Meter> shown = new ArrayList<>();
    shown.add(decisions(tally, "allowed", tally.allowed()));
    shown.add(decisions(tally, "delayed", tally.delayed()));
    shown.add(decisions(tally, "limited", tally.limited()));
    shown.add(decisions(tally, "too-costly", tally.tooCostly()));
    shown.add(decisions(tally, "would-limit", tally.wouldLimit()));
    return shown;
  }

  private Meter decisions(Tally tally, String outcome, LongAdder count) {
    return FunctionCounter.builder("ratelimit.decisions", count, LongAdder::sum)
        .description("Calls that a policy let pass or delayed, or that waited for it the longest")
        .tag("policy", tally.policy())
        .tag("outcome", outcome)
        .register(meters);
  }
}
