package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How a limit spreads its permits over time. */
public enum Algorithm {
  /** Permits flow in steadily and can be saved up to a burst. */
  TOKEN_BUCKET,
  /** Calls flow out steadily: one that comes too early waits for its turn. */
  LEAKY_BUCKET,
  /** Permits for each window of the clock; at its border twice as many can pass at once. */
  FIXED_WINDOW,
  /** Never more in any window, wherever it begins, as far as two counters can tell. */
  SLIDING_WINDOW;

  @JsonCreator
  static Algorithm parse(String text) {
    return Words.parse(values(), text);
  }

  /** The name in the file. */
  @Override
  @JsonValue
  public String toString() {
    return Words.of(this);
  }
}
