package dev.starling.policy.guards;

import dev.starling.bus.Priority;
import dev.starling.policy.admission.Shed;
import dev.starling.policy.rule.Words;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the node did not take on, by guard and priority. Thread-safe. */
final class ShedCounts {
  private static final int PRIORITIES = Priority.values().length;

  private final LongAdder[] counts = new LongAdder[Shed.Guard.values().length * PRIORITIES];

  ShedCounts(MeterRegistry meters) {
    for (Shed.Guard guard : Shed.Guard.values()) {
      for (Priority priority : Priority.values()) {
        LongAdder count = new LongAdder();
        counts[index(guard, priority)] = count;
        FunctionCounter.builder("policy.shed", count, LongAdder::sum)
            .description("Requests that the node did not take on because of its own state")
            .tag("guard", Words.of(guard))
            .tag("priority", Words.of(priority))
            .register(meters);
      }
    }
  }

  void add(Shed.Guard guard, Priority priority) {
    counts[index(guard, priority)].increment();
  }

  private static int index(Shed.Guard guard, Priority priority) {
    return guard.ordinal() * PRIORITIES + priority.ordinal();
  }
}
