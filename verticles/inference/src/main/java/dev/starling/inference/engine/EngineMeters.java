package dev.starling.inference.engine;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The meters of the versions that are loaded. Thread-safe.
 *
 * <p>A version that is loaded again while it is served has the same ones, so they are gone only
 * with the last of it.
 */
final class EngineMeters {
  private final MeterRegistry registry;
  private final ConcurrentMap<Tags, Shared> open = new ConcurrentHashMap<>();

  private record Shared(ModelMeters meters, int users) {}

  EngineMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Each call is followed by a {@link #close} of what it gave. */
  ModelMeters open(String model, String version) {
    return open.compute(
            Tags.of("model", model, "version", version),
            (tags, shared) ->
                shared == null
                    ? new Shared(new ModelMeters(registry, tags), 1)
                    : new Shared(shared.meters, shared.users + 1))
        .meters;
  }

  void close(ModelMeters meters) {
    open.computeIfPresent(
        meters.tags(),
        (tags, shared) -> {
          if (shared.users == 1) {
            meters.unregister();
            return null;
          }
          return new Shared(meters, shared.users - 1);
        });
  }
}
