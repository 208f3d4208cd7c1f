package dev.starling.risk;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What a score means. Immutable.
 *
 * @param medium the least score of that level
 * @param high likewise
 */
record Thresholds(double medium, double high) {

  /** What a person does about an order: nothing, perhaps something, surely something. */
  enum Level {
    LOW,
    MEDIUM,
    HIGH;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Level level(double score) {
    return score >= high ? Level.HIGH : score >= medium ? Level.MEDIUM : Level.LOW;
  }
}
