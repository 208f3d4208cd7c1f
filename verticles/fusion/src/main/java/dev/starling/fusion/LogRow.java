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
   * When an utterance may be decided: the bound after its reception, or after its own time if that
   * is later. A clock that is further ahead than the bound is corrected, so its time is no later
   * than the reception.
   */
  Instant dueAt(Duration lateness) {
    Instant received = event.receivedAt();
    boolean ahead =
        event.time().isAfter(received) && !event.time().isAfter(received.plus(lateness));
    return (ahead ? event.time() : received).plus(lateness);
  }

  /** Whether it took longer than the bound to come, as far as its stamps tell. */
  boolean isLate(Duration lateness) {
    Instant latest = event.time().plus(lateness);
    return event.receivedAt().isAfter(latest) || event.sentAt().isAfter(latest);
  }
}
