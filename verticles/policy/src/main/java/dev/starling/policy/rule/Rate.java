package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.starling.sdk.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Permits for one or more windows, all of which hold at once; none turns a limit off. In a file:
 * {@code {second: 10, minute: 600, 6h: 5000}}.
 *
 * @param windows the shortest first
 */
public record Rate(List<Window> windows) {
  public static final int MAX_WINDOWS = 4;
  public static final long MAX_PERMITS = 1_000_000_000;

  /** A bucket's time is counted in 62 bits, as fractions of a nanosecond. */
  public static final Duration LONGEST = Duration.ofDays(366);

  private static final Map<String, Duration> UNITS =
      Map.of(
          "second", Duration.ofSeconds(1),
          "minute", Duration.ofMinutes(1),
          "hour", Duration.ofHours(1),
          "day", Duration.ofDays(1));

  /**
   * So many permits in so much time.
   *
   * @param length whole seconds, because clients are told it in seconds
   * @param permits 1..10^9
   */
  public record Window(Duration length, long permits) {
    public Window {
      if (length.toNanosPart() != 0
          || length.compareTo(Duration.ofSeconds(1)) < 0
          || length.compareTo(LONGEST) > 0) {
        throw Expect.refusal("rate", Expect.text(length), "windows of whole seconds, 1s..366d");
      }
      Expect.range("rate." + key(length), permits, 1, MAX_PERMITS);
    }

    /** The length as it is written, e.g. {@code 1m}. */
    public String text() {
      return Expect.text(length);
    }
  }

  public Rate {
    if (windows.size() > MAX_WINDOWS) {
      throw Expect.refusal("rate", windows.size() + " windows", "at most " + MAX_WINDOWS);
    }
    Set<Duration> lengths = new HashSet<>();
    for (Window window : windows) {
      if (!lengths.add(window.length())) {
        throw Expect.refusal("rate", "two windows of " + window.text(), "each length once");
      }
    }
    windows = windows.stream().sorted(Comparator.comparing(Window::length)).toList();
  }

  public static Rate of(long permits, Duration length) {
    return new Rate(List.of(new Window(length, permits)));
  }

  public boolean isOff() {
    return windows.isEmpty();
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Rate parse(Map<String, @Nullable Long> permits) {
    List<Window> windows = new ArrayList<>();
    permits.forEach(
        (key, count) -> {
          if (count == null) {
            throw Expect.refusal("rate." + key, null, "1.." + MAX_PERMITS);
          }
          windows.add(new Window(length(key), count));
        });
    return new Rate(windows);
  }

  /** As the file writes it. */
  @JsonValue
  Map<String, Long> toFile() {
    Map<String, Long> permits = new LinkedHashMap<>();
    windows.forEach(window -> permits.put(key(window.length()), window.permits()));
    return permits;
  }

  private static String key(Duration length) {
    return UNITS.entrySet().stream()
        .filter(unit -> unit.getValue().equals(length))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> Expect.text(length));
  }

  private static Duration length(String key) {
    Duration unit = UNITS.get(key);
    if (unit != null) {
      return unit;
    }
    try {
      return Settings.parseDuration(key);
    } catch (IllegalArgumentException e) {
      throw Expect.refusal("rate", key, "second, minute, hour, day or a duration such as 10s");
    }
  }
}
