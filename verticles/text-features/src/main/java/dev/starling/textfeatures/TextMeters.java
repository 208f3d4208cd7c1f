package dev.starling.textfeatures;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What operators see of a node's texts. Thread-safe; its instances share one. */
final class TextMeters {
  /** What became of a text. */
  enum Outcome {
    REMEMBERED,
    JOINED,
    EMBEDDED,
    REFUSED,
    OVERLOADED,
    EXPIRED,
    FAILED
  }

  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Timer asked;
  private final AtomicLong remembered;
  private final AtomicLong waiting;

  TextMeters(MeterRegistry registry) {
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          Counter.builder("text.features.texts")
              .description("Texts by what became of them")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    this.asked =
        Timer.builder("text.features.model")
            .description("How long the model takes for a text, as this node sees it")
            .register(registry);
    this.remembered = gauge(registry, "text.features.cache.bytes", "Memory of remembered vectors");
    this.waiting = gauge(registry, "text.features.waiting", "Texts that wait for the model");
  }

  private static AtomicLong gauge(MeterRegistry registry, String name, String description) {
    AtomicLong value = new AtomicLong();
    Gauge.builder(name, value, AtomicLong::get).description(description).register(registry);
    return value;
  }

  void count(Outcome outcome) {
    outcomes.get(outcome).increment();
  }

  void asked(long nanos) {
    asked.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** An instance remembers so many bytes more, or fewer. */
  void remembered(long change) {
    remembered.addAndGet(change);
  }

  /** So many texts more wait at an instance, or fewer. */
  void waiting(long change) {
    waiting.addAndGet(change);
  }
}
