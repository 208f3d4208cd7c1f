package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is in the log. Immutable.
 *
 * @param zoneMinutes the offset from UTC that its device wrote; null when it wrote {@code Z}
 */
record LogRow(FusionEvent event, @Nullable Short zoneMinutes) {

  boolean isUtterance() {
    return event.content() instanceof Content.Utterance;
  }

  /**
   * When an utterance may be decided: the bound after its reception. Its own time, corrected, is no
   * later than that: a clock that is ahead is off, since nothing comes before it is sent.
   */
  Instant dueAt(Duration lateness) {
    return event.receivedAt().plus(lateness);
  }
}
