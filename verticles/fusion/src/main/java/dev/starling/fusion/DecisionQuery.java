package dev.starling.fusion;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Which decision.
 *
 * @param utterance the id of the event
 * @param source of the event; null when its id alone says which one it is
 * @param waitMs how long to wait for it, 0 unless given
 */
record DecisionQuery(
    @NotNull @Size(min = 1, max = EventFields.MAX_ID) String utterance,
    @Nullable @Size(min = 1, max = EventFields.MAX_ATTRIBUTE) String source,
    @Min(0) @Max(MAX_WAIT_MS) Integer waitMs) {
  static final int MAX_WAIT_MS = 30_000;

  DecisionQuery {
    waitMs = waitMs == null ? 0 : waitMs;
  }
}
