package dev.starling.postgres;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/** What operators see of a singleton on one node. */
final class SingletonMeters {
  private static final String NAME = "name";

  private SingletonMeters() {}

  static void register(Seat seat, MeterRegistry meters, LongSupplier nanoTime) {
    Gauge.builder("singleton.owned", seat, s -> s.epoch(nanoTime.getAsLong()) == null ? 0 : 1)
        .description("1 on the node that does this for the cluster")
        .tag(NAME, seat.name())
        .register(meters);
    Gauge.builder("singleton.epoch", seat, Seat::latestEpoch)
        .description("The latest epoch in which this node was the owner")
        .tag(NAME, seat.name())
        .register(meters);
    FunctionCounter.builder("singleton.terms", seat, Seat::terms)
        .description("How often this node became the owner")
        .tag(NAME, seat.name())
        .register(meters);
    FunctionCounter.builder("singleton.fenced", seat, Seat::fenced)
        .description("Writes refused because the term was over")
        .tag(NAME, seat.name())
        .register(meters);
  }
}
