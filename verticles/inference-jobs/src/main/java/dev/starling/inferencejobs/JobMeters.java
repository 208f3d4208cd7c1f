package dev.starling.inferencejobs;

import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What operators see of jobs. Thread-safe; shared by the instances of a node. */
final class JobMeters {
  private static final String STATE = "state";

  private final MeterRegistry meters;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  private JobMeters(MeterRegistry meters) {
    this.meters = meters;
    Gauge.builder("inference.jobs.waiting", waiting, AtomicInteger::get)
        .description("Jobs that wait on this node for their turn")
        .register(meters);
    Gauge.builder("inference.jobs.running", running, AtomicInteger::get)
        .description("Jobs that this node runs")
        .register(meters);
  }

  static JobMeters of(NodeScope node) {
    return node.shared("inference-jobs:meters", () -> new JobMeters(node.meters()));
  }

  void waiting(int more) {
    waiting.addAndGet(more);
  }

  void running(int more) {
    running.addAndGet(more);
  }

  void accepted() {
    count(JobState.QUEUED);
  }

  /** Counts a job that was ended here. */
  void ended(Job job) {
    count(job.state());
    if (job.endedAt() != null) {
      Duration took = Duration.between(job.createdAt(), job.endedAt());
      Timer.builder("inference.jobs.duration")
          .description("From when a job was accepted until it ended")
          .tag(STATE, job.state().text())
          .register(meters)
          // Clocks of two nodes differ.
          .record(took.isNegative() ? Duration.ZERO : took);
    }
  }

  private void count(JobState state) {
    meters.counter("inference.jobs", STATE, state.text()).increment();
  }
}
