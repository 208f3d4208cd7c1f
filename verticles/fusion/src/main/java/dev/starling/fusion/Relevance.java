package dev.starling.fusion;

import dev.starling.fusion.Traces.Trace;
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
    long bound = lateness.toMillis();
    Map<String, Long> before = new HashMap<>();
    Map<String, Long> now = new HashMap<>();
    clocks(timeline, utterance.receivedAt().plus(lateness), decidedAsOf, before, now);
    for (Map.Entry<String, Long> device : before.entrySet()) {
      long smallest = now.getOrDefault(device.getKey(), device.getValue());
      if (correction(device.getValue(), bound) != correction(smallest, bound)) {
        return true;
      }
    }
    long latest = corrected(utterance, now, bound) + bound;
    for (Timeline.Seen seen : timeline.seen()) {
      FusionEvent event = seen.row().event();
      if (seen.at().isAfter(decidedAsOf)
          && !event.key().equals(utterance.key())
          && corrected(event, now, bound) <= latest) {
        return true;
      }
    }
    return false;
  }

  /** The smallest differences of devices, by what was known when it was decided, and by all. */
  private static void clocks(
      Timeline timeline,
      Instant until,
      Instant decidedAsOf,
      Map<String, Long> before,
      Map<String, Long> now) {
    for (Timeline.Seen seen : timeline.seen()) {
      FusionEvent event = seen.row().event();
      if (!event.receivedAt().isAfter(until)) {
        now.merge(event.deviceId(), difference(event), Math::min);
        if (!seen.at().isAfter(decidedAsOf)) {
          before.merge(event.deviceId(), difference(event), Math::min);
        }
      }
    }
    long untilMicros = Traces.micros(until);
    long decidedMicros = Traces.micros(decidedAsOf);
    for (int i = 0; i < timeline.traces().size(); i++) {
      Trace trace = timeline.traces().get(i);
      if (trace.receivedMicros() <= untilMicros) {
        now.merge(trace.device(), trace.differenceMillis(), Math::min);
        if (trace.atMicros() <= decidedMicros) {
          before.merge(trace.device(), trace.differenceMillis(), Math::min);
        }
      }
    }
  }

  /** The smallest of a device is how far its clock is behind, and the least delay. */
  private static long difference(FusionEvent event) {
    return event.receivedAt().toEpochMilli() - event.sentAt().toEpochMilli();
  }

  /** A device of which nothing had come before is judged by what came now. */
  private static long corrected(FusionEvent event, Map<String, Long> smallest, long bound) {
    Long ofDevice = smallest.get(event.deviceId());
    return event.time().toEpochMilli()
        + correction(ofDevice == null ? difference(event) : ofDevice, bound);
  }

  /** What delay within the bound explains is no skew; nothing comes before it is sent. */
  private static long correction(long smallest, long bound) {
    return smallest < 0 || smallest > bound ? smallest : 0;
  }
}
