package dev.starling.risk;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/** Shows which scores orders get: when that changes, the orders have, or the model. Thread-safe. */
final class ScoreMeters {
  private final MeterRegistry registry;
  private final Thresholds thresholds;

  ScoreMeters(MeterRegistry registry, Thresholds thresholds) {
    this.registry = registry;
    this.thresholds = thresholds;
  }

  void scored(Assessment assessment) {
    DistributionSummary.builder("risk.scores")
        .description("Scores of orders that were placed")
        .tag("level", thresholds.level(assessment.score()).text())
        .register(registry)
        .record(assessment.score());
  }
}
