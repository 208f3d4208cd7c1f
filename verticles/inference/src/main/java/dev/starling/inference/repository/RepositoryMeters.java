package dev.starling.inference.repository;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of a repository. Thread-safe. */
final class RepositoryMeters {
  private final AtomicInteger ready = new AtomicInteger();
  private final Counter refused;
  private final Counter failed;
  final Timer examination;
  final Timer load;

  RepositoryMeters(MeterRegistry meters) {
    Gauge.builder("inference.models.ready", ready, AtomicInteger::get)
        .description("Versions of models that are loaded and warm")
        .register(meters);
    this.refused =
        Counter.builder("inference.models.refused")
            .description("Versions that were found wanting before they were loaded")
            .tag("by", "examination")
            .register(meters);
    this.failed = Counter.builder("inference.models.refused").tag("by", "engine").register(meters);
    this.examination =
        Timer.builder("inference.model.examination")
            .description("Looking through a version and trying it out")
            .register(meters);
    this.load =
        Timer.builder("inference.model.load")
            .description("Loading a version and warming it up")
            .register(meters);
  }

  void ready(int count) {
    ready.set(count);
  }

  void refused() {
    refused.increment();
  }

  void failed() {
    failed.increment();
  }
}
