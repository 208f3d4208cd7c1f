package dev.starling.fusion;

import dev.starling.fusion.core.Decision.Status;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/** What operators see of fusion. Thread-safe; shared by the instances of a node. */
final class FusionMeters {
  private final MeterRegistry registry;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger watchers = new AtomicInteger();
  private final Counter accepted;
  private final Counter duplicates;
  private final Counter refused;
  private final Counter withoutVector;
  private final Counter corrected;
  private final Counter postponed;
  private final Counter outrun;
  private final Timer delay;
  private final Timer work;

  private FusionMeters(MeterRegistry registry) {
    this.registry = registry;
    this.accepted = events("accepted");
    this.duplicates = events("duplicate");
    this.refused =
        counter("fusion.requests.refused", "Requests and events of sockets that were not taken");
    this.withoutVector =
        counter("fusion.texts.missed", "Calls for vectors that were not answered in time");
    this.corrected = counter("fusion.corrections", "Decisions that something later has changed");
    this.postponed =
        counter("fusion.decisions.postponed", "Attempts to decide that are made again later");
    this.outrun =
        counter("fusion.decisions.outrun", "Decisions that another node or instance had stored");
    this.delay =
        Timer.builder("fusion.decision.delay")
            .description("From when an utterance was due until its decision was committed")
            .register(registry);
    this.work =
        Timer.builder("fusion.decision.work")
            .description("What the core needs to decide")
            .register(registry);
    gauge("fusion.events.waiting", "Events that wait to be written", waiting::get);
    gauge("fusion.watchers", "Clients that wait for decisions", watchers::get);
  }

  static FusionMeters of(NodeScope node) {
    return node.shared("fusion:meters", () -> new FusionMeters(node.meters()));
  }

  private Counter events(String outcome) {
    return Counter.builder("fusion.events")
        .description("Events by what became of them")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  void gauge(String name, String description, DoubleSupplier figure) {
    Gauge.builder(name, figure::getAsDouble).description(description).register(registry);
  }

  AtomicInteger waiting() {
    return waiting;
  }

  void watching(int more) {
    watchers.addAndGet(more);
  }

  void appended(int fresh, int known) {
    accepted.increment(fresh);
    duplicates.increment(known);
  }

  void refused() {
    refused.increment();
  }

  void withoutVector() {
    withoutVector.increment();
  }

  void worked(long nanos) {
    work.record(Duration.ofNanos(nanos));
  }

  /**
   * @param late since it was due; clocks of two nodes differ
   */
  void decided(Status status, Duration late) {
    registry
        .counter("fusion.decisions", "status", status.name().toLowerCase(Locale.ROOT))
        .increment();
    delay.record(late.isNegative() ? Duration.ZERO : late);
  }

  void corrected() {
    corrected.increment();
  }

  void postponed() {
    postponed.increment();
  }

  void outrun() {
    outrun.increment();
  }
}
