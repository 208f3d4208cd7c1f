package dev.starling.fusion;

import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * How far the clocks of devices are behind, as far as this node has heard them lately, so that a
 * device whose clock is off is not taken for one whose events are late. Thread-safe; the instances
 * of a node share it. Only a hint: what comes late and is not seen as such is looked at when the
 * window of a decision closes.
 */
final class ClockHints {
  private static final int MOST = 100_000;

  /** A clock that is set right is noticed after it. */
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final LinkedHashMap<Device, Hint> hints =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Device, Hint> eldest) {
          return size() > MOST;
        }
      };

  private record Device(UUID user, String id) {}

  /** The smallest difference between reception and sending since a time. */
  private record Hint(Duration smallest, Instant since) {}

  /** Takes note of an event, and tells when it happened by the clock of the server. */
  Instant happened(UUID user, FusionEvent event, Duration lateness) {
    Duration skew = note(user, event);
    boolean isOff = skew.isNegative() || skew.compareTo(lateness) > 0;
    return isOff ? event.time().plus(skew) : event.time();
  }

  private synchronized Duration note(UUID user, FusionEvent event) {
    Device device = new Device(user, event.deviceId());
    Duration difference = Duration.between(event.sentAt(), event.receivedAt());
    Hint known = hints.get(device);
    if (known == null || known.since.plus(LIFE).isBefore(event.receivedAt())) {
      known = new Hint(difference, event.receivedAt());
      hints.put(device, known);
    } else if (difference.compareTo(known.smallest) < 0) {
      known = new Hint(difference, known.since);
      hints.put(device, known);
    }
    return known.smallest;
  }
}
