package dev.starling.fusion;

import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether what came since a decision may change it: something that happened before the utterance or
 * within the bound after it, as far as clocks tell, or something that tells more about the clocks.
 * It errs towards yes: the core is then asked, and says what it means. Without state.
 */
final class Relevance {
  private Relevance() {}

  /**
   * @param decidedAsOf when the log was read for the decision
   */
  static boolean mayChange(
      Timeline timeline, FusionEvent utterance, Instant decidedAsOf, Duration lateness) {
    Map<String, Long> before = new HashMap<>();
    Map<String, Long> now = new HashMap<>();
    for (Timeline.Seen seen : timeline.seen()) {
      FusionEvent event = seen.row().event();
      long difference = Duration.between(event.sentAt(), event.receivedAt()).toMillis();
      now.merge(event.deviceId(), difference, Math::min);
      if (!seen.at().isAfter(decidedAsOf)) {
        before.merge(event.deviceId(), difference, Math::min);
      }
    }
    long bound = lateness.toMillis();
    for (Map.Entry<String, Long> device : before.entrySet()) {
      long then = correction(device.getValue(), bound);
      if (then != correction(now.getOrDefault(device.getKey(), device.getValue()), bound)) {
        return true;
      }
    }
    long at = corrected(utterance, now, bound);
    for (Timeline.Seen seen : timeline.seen()) {
      FusionEvent event = seen.row().event();
      if (seen.at().isAfter(decidedAsOf)
          && !event.key().equals(utterance.key())
          && corrected(event, now, bound) <= at + bound) {
        return true;
      }
    }
    return false;
  }

  private static long corrected(FusionEvent event, Map<String, Long> skews, long bound) {
    return event.time().toEpochMilli()
        + correction(skews.getOrDefault(event.deviceId(), 0L), bound);
  }

  /** What delay within the bound explains is no skew. */
  private static long correction(long smallest, long bound) {
    return Math.abs(smallest) > bound ? smallest : 0;
  }
}
