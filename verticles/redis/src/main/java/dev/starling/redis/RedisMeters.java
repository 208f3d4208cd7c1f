package dev.starling.redis;

import dev.starling.redis.RedisException.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a node's Redis looks like from outside. Thread-safe. */
final class RedisMeters {
  private final Timer answered;
  private final Map<Reason, Timer> failed = new EnumMap<>(Reason.class);
  private final Counter connected;

  RedisMeters(MeterRegistry meters, BooleanSupplier up) {
    Gauge.builder("redis.up", up, known -> known.getAsBoolean() ? 1 : 0)
        .description("1 while at least one connection is ready")
        .strongReference(true)
        .register(meters);
    answered = timer(meters, "answered");
    for (Reason reason : Reason.values()) {
      failed.put(reason, timer(meters, reason.name().toLowerCase(Locale.ROOT)));
    }
    connected =
        Counter.builder("redis.connections")
            .description("Connections that were made, those after a loss included")
            .register(meters);
  }

  void connected() {
    connected.increment();
  }

  void ended(long nanos, @Nullable Throwable failure) {
    Timer timer = failure instanceof RedisException known ? failed.get(known.reason()) : answered;
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private static Timer timer(MeterRegistry meters, String outcome) {
    return Timer.builder("redis.commands")
        .description("Commands, or pipelines of them, until they were answered or given up")
        .tag("outcome", outcome)
        .register(meters);
  }
}
