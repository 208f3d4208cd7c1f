package dev.starling.outbox;

import dev.starling.outbox.Outcome.Failed;
import dev.starling.outbox.Outcome.Taken;
import dev.starling.outbox.RelayTable.Standing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of the relays of a node for one database. Thread-safe; shared by the instances
 * of the node.
 *
 * <p>How it stands is shown by the owner of a range alone; a node that owns none shows NaN, which
 * is no number to add up.
 */
final class RelayMeters {
  private static final double MILLIS_PER_SECOND = 1_000;
  private static final String CONSUMER = "consumer";

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Map<String, Sum> relays = new ConcurrentHashMap<>();

  /**
   * @param lagMillis at {@code nanos}
   */
  private record Sum(long open, long lagMillis, long nanos) {}

  RelayMeters(MeterRegistry meters, String database, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
    gauge("outbox.lag", database, RelayMeters::lagSeconds)
        .description("How long the oldest event that somebody has not taken has been due")
        .baseUnit("seconds")
        .register(meters);
    gauge("outbox.open", database, RelayMeters::open)
        .description("Events that somebody who is to have them has not taken")
        .register(meters);
  }

  private Gauge.Builder<RelayMeters> gauge(
      String name, String database, ToDoubleFunction<RelayMeters> value) {
    return Gauge.builder(name, this, value).tag("database", database);
  }

  /**
   * How the shards of a relay stand now.
   *
   * @param found null when it is not the owner's
   */
  void stands(String relay, @Nullable List<Standing> found) {
    if (found == null) {
      relays.remove(relay);
      return;
    }
    long open = 0;
    long lag = 0;
    for (Standing standing : found) {
      open += standing.open();
      lag = Math.max(lag, standing.lagMillis());
    }
    relays.put(relay, new Sum(open, lag, nanoTime.getAsLong()));
  }

  /** Counts what was sent, after the marks were committed. */
  void count(List<Map<String, Outcome>> outcomes, Marks marks) {
    for (Map<String, Outcome> byConsumer : outcomes) {
      byConsumer.forEach(
          (consumer, outcome) -> {
            if (outcome instanceof Taken) {
              count("outbox.delivered", consumer, 1);
            } else if (outcome instanceof Failed) {
              count("outbox.retries", consumer, 1);
            }
          });
    }
    for (Marks.Dead dead : marks.dead()) {
      count("outbox.dead", dead.consumer(), 1);
    }
  }

  private void count(String name, String consumer, int events) {
    meters.counter(name, CONSUMER, consumer).increment(events);
  }

  /** It grows between two looks, as long as something was late at the last one. */
  private double lagSeconds() {
    long now = nanoTime.getAsLong();
    return relays.values().stream()
        .mapToDouble(
            sum ->
                sum.lagMillis == 0
                    ? 0
                    : (sum.lagMillis + TimeUnit.NANOSECONDS.toMillis(now - sum.nanos))
                        / MILLIS_PER_SECOND)
        .max()
        .orElse(Double.NaN);
  }

  private double open() {
    return relays.isEmpty() ? Double.NaN : relays.values().stream().mapToDouble(Sum::open).sum();
  }
}
