package dev.starling.risk;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.starling.risk.Thresholds.Level;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A score as clients see it.
 *
 * @param orderId left out, like {@code scoredAt}, for an order that does not exist
 * @param score the probability that the order is risky, 0 to 1
 * @param level as the thresholds of today say
 * @param reasons what raises the score, the strongest first, three at most
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RiskView(
    @Nullable UUID orderId,
    @NotNull double score,
    @NotNull Level level,
    @NotNull List<ReasonView> reasons,
    @NotNull String modelVersion,
    @Nullable Instant scoredAt) {

  /**
   * @param effect how much lower the score is with the feature's usual value
   */
  record ReasonView(@NotNull String feature, @NotNull double value, @NotNull double effect) {}

  static RiskView of(
      @Nullable UUID order,
      Assessment assessment,
      Thresholds thresholds,
      @Nullable Instant scoredAt) {
    return new RiskView(
        order,
        assessment.score(),
        thresholds.level(assessment.score()),
        assessment.reasons().stream()
            .map(reason -> new ReasonView(reason.feature(), reason.value(), reason.effect()))
            .toList(),
        assessment.modelVersion(),
        scoredAt);
  }
}
