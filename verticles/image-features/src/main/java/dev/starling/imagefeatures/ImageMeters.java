package dev.starling.imagefeatures;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What operators see of a node's pictures. Thread-safe. */
final class ImageMeters {
  private final MeterRegistry registry;
  private final Timer read;

  ImageMeters(MeterRegistry registry, IntSupplier waiting) {
    this.registry = registry;
    this.read =
        Timer.builder("image.features.read")
            .description("How long a picture takes to be read and described on its thread")
            .register(registry);
    Gauge.builder("image.features.waiting", waiting::getAsInt)
        .description("Pictures that wait for a thread")
        .register(registry);
  }

  void read(long nanos) {
    read.record(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * A picture was answered.
   *
   * @param outcome e.g. {@code described}, {@code damaged}
   */
  void picture(String outcome) {
    registry.counter("image.features.pictures", "outcome", outcome).increment();
  }

  /**
   * The encoder pair was asked.
   *
   * @param what {@code image} or {@code text}
   * @param outcome e.g. {@code encoded}, {@code unavailable}
   */
  void encoding(String what, String outcome) {
    registry.counter("image.features.encodings", "what", what, "outcome", outcome).increment();
  }
}
