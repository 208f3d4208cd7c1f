package dev.starling.inference.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What operators see of one version of a model. Thread-safe. */
final class ModelMeters {
  // From a small model's run to what a caller hardly waits for.
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry meters;
  private final Tags tags;
  private final Timer queue;
  private final Timer compute;
  private final DistributionSummary batchRows;
  private final Counter expired;
  private final Counter cancelled;
  private final Counter failed;
  private final Counter invalid;
  private final Counter overloaded;
  private final Set<IntSupplier> queues = ConcurrentHashMap.newKeySet();

  /**
   * @param tags on all of them
   */
  ModelMeters(MeterRegistry meters, Tags tags) {
    this.meters = meters;
    this.tags = tags;
    this.queue = timer("inference.queue", "From a request's arrival to its run");
    this.compute = timer("inference.compute", "One run, with the steps around it");
    this.batchRows =
        DistributionSummary.builder("inference.batch.rows")
            .description("Rows that were run at once")
            .tags(tags)
            .register(meters);
    this.expired = counter("inference.expired", "Runs that were dropped at their deadline", tags);
    this.cancelled =
        counter("inference.cancelled", "Runs that were dropped since nobody waited", tags);
    this.failed = counter("inference.failed", "Runs that the model failed", tags);
    Gauge.builder("inference.queue.rows", this, ModelMeters::queueRows)
        .description("Rows that wait to be run")
        .tags(tags)
        .register(meters);
    this.invalid = refused("invalid");
    this.overloaded = refused("overloaded");
  }

  Tags tags() {
    return tags;
  }

  /** Shows how many rows wait in a queue, besides others of the version. */
  void watch(IntSupplier rows) {
    queues.add(rows);
  }

  void forget(IntSupplier rows) {
    queues.remove(rows);
  }

  void queued(long nanos) {
    queue.record(nanos, TimeUnit.NANOSECONDS);
  }

  void ran(int rows, long nanos) {
    compute.record(nanos, TimeUnit.NANOSECONDS);
    batchRows.record(rows);
  }

  void expired(int parts) {
    expired.increment(parts);
  }

  void cancelled(int parts) {
    cancelled.increment(parts);
  }

  void failed() {
    failed.increment();
  }

  void invalid() {
    invalid.increment();
  }

  void overloaded() {
    overloaded.increment();
  }

  /** Takes them all out of the registry. */
  void unregister() {
    List<Meter> mine =
        meters.getMeters().stream()
            .filter(meter -> meter.getId().getName().startsWith("inference."))
            .filter(meter -> meter.getId().getTags().containsAll(tags.stream().toList()))
            .toList();
    mine.forEach(meters::remove);
  }

  private double queueRows() {
    return queues.stream().mapToInt(IntSupplier::getAsInt).sum();
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(meters);
  }

  private Counter refused(String reason) {
    return counter("inference.refused", "Requests that were not taken", tags.and("reason", reason));
  }

  private Counter counter(String name, String description, Tags counterTags) {
    return Counter.builder(name).description(description).tags(counterTags).register(meters);
  }
}
