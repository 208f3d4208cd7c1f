package dev.starling.sdk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The checks that records of the configuration have in common: each gives its value back, or says
 * what was expected, as {@code key: value (expected: least..most)}.
 */
public final class Bounds {
  private Bounds() {}

  /**
   * @throws IllegalArgumentException when it is outside
   */
  public static int within(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw refusal(key, value, least, most);
    }
    return value;
  }

  /**
   * @throws IllegalArgumentException when it is missing or outside
   */
  public static Duration within(
      String key, @Nullable Duration value, Duration least, Duration most) {
    if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refusal(key, value, least, most);
    }
    return value;
  }

  private static IllegalArgumentException refusal(
      String key, @Nullable Object value, Object least, Object most) {
    return new IllegalArgumentException(
        key + ": " + value + " (expected: " + least + ".." + most + ")");
  }
}
