package dev.starling.fusion.core;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the clock of each device is behind the server's, in milliseconds; negative for clocks that
 * are ahead. Immutable.
 *
 * <p>An event's reception less what its device's clock said as it was sent is the skew plus the
 * delay. Delay is never negative, so the smallest of a device is the closest. One between zero and
 * the lateness bound can be all delay, and counts as zero (docs/adr/0034).
 */
final class ClockSkew {
  private final SortedMap<String, Long> millis;

  private ClockSkew(SortedMap<String, Long> millis) {
    this.millis = Collections.unmodifiableSortedMap(millis);
  }

  /**
   * From the events that were received up to a time, so that later ones do not change it. A device
   * of which nothing was received by then is judged by the first that was.
   */
  static ClockSkew of(Collection<FusionEvent> events, long untilMillis, long latenessMillis) {
    Map<String, Long> least = new TreeMap<>();
    Map<String, FusionEvent> first = new TreeMap<>();
    for (FusionEvent event : events) {
      if (Moment.millis(event.receivedAt()) <= untilMillis) {
        least.merge(event.deviceId(), difference(event), Math::min);
      } else {
        first.merge(event.deviceId(), event, ClockSkew::earlier);
      }
    }
    first.forEach((device, event) -> least.putIfAbsent(device, difference(event)));
    SortedMap<String, Long> off = new TreeMap<>();
    least.forEach(
        (device, difference) -> {
          if (difference < 0 || difference > latenessMillis) {
            off.put(device, difference);
          }
        });
    return new ClockSkew(off);
  }

  private static FusionEvent earlier(FusionEvent a, FusionEvent b) {
    int byReception = a.receivedAt().compareTo(b.receivedAt());
    if (byReception != 0) {
      return byReception < 0 ? a : b;
    }
    long differenceA = difference(a);
    long differenceB = difference(b);
    return differenceA <= differenceB ? a : b;
  }

  private static long difference(FusionEvent event) {
    return Moment.millis(event.receivedAt()) - Moment.millis(event.sentAt());
  }

  long of(String device) {
    return millis.getOrDefault(device, 0L);
  }

  /** Of the devices whose clocks are off, by id. */
  SortedMap<String, Long> corrections() {
    return millis;
  }
}
