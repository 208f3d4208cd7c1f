package dev.starling.vectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** What operators see of a node's vectors. Thread-safe. */
final class VectorMeters {
  private final MeterRegistry registry;
  private final Timer searched;
  private final Counter partial;
  private final Counter refused;

  VectorMeters(MeterRegistry registry) {
    this.registry = registry;
    this.searched =
        Timer.builder("vectors.search")
            .description("How long this node takes to search its shards, without the wait before")
            .register(registry);
    this.partial =
        Counter.builder("vectors.searches.partial")
            .description("Searches whose answer says that something was left out")
            .register(registry);
    this.refused =
        Counter.builder("vectors.writes.refused")
            .description("Writes for whose points this node has no room")
            .register(registry);
  }

  /** Shows the figures of the node's memory. */
  void follow(Memory memory, LongSupplier backlog, DoubleSupplier rebuilt, IntSupplier waiting) {
    gauge("vectors.memory.units", "Memory that points take, in units of 2 KiB", memory::used);
    gauge("vectors.memory.units.max", "Of them there may be so many", memory::most);
    gauge(
        "vectors.graph.backlog",
        "Points that are compared one by one until they are in a graph",
        backlog::getAsLong);
    gauge("vectors.index.rebuilt.ratio", "Of the rows of this node's shards", rebuilt);
    gauge("vectors.searches.waiting", "Searches that wait for a thread", waiting::getAsInt);
  }

  private void gauge(String name, String description, DoubleSupplier figure) {
    Gauge.builder(name, figure::getAsDouble).description(description).register(registry);
  }

  void searched(long nanos) {
    searched.record(nanos, TimeUnit.NANOSECONDS);
  }

  void partial() {
    partial.increment();
  }

  void refused() {
    refused.increment();
  }
}
