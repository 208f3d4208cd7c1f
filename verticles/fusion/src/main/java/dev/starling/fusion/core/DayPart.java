package dev.starling.fusion.core;

import java.time.LocalTime;
import java.util.Map;

/**
 * A part of the day, in local time; one of the night ends on the next day.
 *
 * @param softMillis how far outside of it something may be and still be called by it
 */
record DayPart(LocalTime from, LocalTime to, long softMillis) {
  private static final Map<String, DayPart> NAMED =
      Map.ofEntries(
          Map.entry("morning", of(4, 0, 11, 59)),
          Map.entry("forenoon", of(7, 0, 12, 0)),
          Map.entry("teatime", of(15, 0, 18, 0)),
          Map.entry("breakfast", of(5, 30, 10, 0)),
          Map.entry("brunch", of(9, 30, 14, 0)),
          Map.entry("noon", of(11, 15, 13, 15)),
          Map.entry("midday", of(11, 15, 13, 15)),
          Map.entry("lunch", of(11, 15, 14, 30)),
          Map.entry("lunchtime", of(11, 15, 14, 30)),
          Map.entry("afternoon", of(12, 0, 18, 0)),
          Map.entry("dinner", of(17, 15, 21, 45)),
          Map.entry("supper", of(17, 15, 21, 45)),
          Map.entry("evening", of(17, 0, 23, 59)),
          Map.entry("tonight", of(17, 0, 23, 59)),
          Map.entry("night", of(18, 0, 5, 0)));

  private static DayPart of(int fromHour, int fromMinute, int toHour, int toMinute) {
    return new DayPart(
        LocalTime.of(fromHour, fromMinute), LocalTime.of(toHour, toMinute), 30 * 60_000L);
  }

  static boolean isNamed(String word) {
    return NAMED.containsKey(word);
  }

  /** The part of that name, which has to be one. */
  static DayPart named(String word) {
    DayPart part = NAMED.get(word);
    if (part == null) {
      throw new IllegalArgumentException("part of the day: " + word + " (expected: a known one)");
    }
    return part;
  }

  /** Whether it ends on the next day. */
  boolean overnight() {
    return to.isBefore(from);
  }
}
