package dev.starling.policy.rule;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The checks that rules have in common. */
final class Expect {
  /** More entries than anybody writes by hand; they are compared one after the other. */
  static final int MAX_ENTRIES = 1000;

  /** The longest deadline that the bus carries, and longer than any answer should be kept. */
  static final Duration DAY = Duration.ofHours(24);

  private static final Pattern NAME = Pattern.compile(Patterns.NAME);

  private Expect() {}

  static void name(String key, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw refusal(key, name, "1..64 lower-case letters, digits and hyphens");
    }
  }

  static void range(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw refusal(key, value, min + ".." + max);
    }
  }

  static void range(String key, @Nullable Duration value, Duration min, Duration max) {
    if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw refusal(key, value == null ? null : text(value), text(min) + ".." + text(max));
    }
  }

  /** An immutable copy of a list of distinct entries, each of which {@code valid} takes. */
  static <T> List<T> entries(
      String key, @Nullable List<T> list, Predicate<? super T> valid, String expected) {
    List<T> given = list == null ? List.of() : list;
    if (given.size() > MAX_ENTRIES) {
      throw refusal(key, given.size() + " entries", "at most " + MAX_ENTRIES);
    }
    Set<T> seen = new HashSet<>();
    for (T entry : given) {
      if (entry == null || !valid.test(entry)) {
        throw refusal(key, entry == null ? "an empty entry" : entry, expected);
      }
      if (!seen.add(entry)) {
        throw refusal(key, entry + " twice", "each entry once");
      }
    }
    return given.stream().map(Objects::requireNonNull).toList();
  }

  static IllegalArgumentException refusal(String key, @Nullable Object value, String expected) {
    return new IllegalArgumentException(
        key + ": " + (value == null ? "missing" : value) + " (expected: " + expected + ")");
  }

  /** A duration as files write it, in its largest whole unit. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    } else if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }
}
