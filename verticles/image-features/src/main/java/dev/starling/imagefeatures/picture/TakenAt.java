package dev.starling.imagefeatures.picture;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a picture was taken, as its camera notes it.
 *
 * <p>Source: Exif 2.32, 4.6.5 F (date and time; offsets since 2.31).
 *
 * @param millis since 1970; of the same wall time in UTC when the zone is not known
 * @param offsetKnown whether it is
 */
record TakenAt(long millis, boolean offsetKnown) {
  private static final Pattern TIME =
      Pattern.compile("(\\d{4})[:-](\\d\\d)[:-](\\d\\d)[ T](\\d\\d):(\\d\\d):(\\d\\d)");
  private static final Pattern OFFSET = Pattern.compile("([+-])(\\d\\d):(\\d\\d)");

  /**
   * Null when it makes no sense, as a camera without a clock has it.
   *
   * @param time {@code YYYY:MM:DD HH:MM:SS}
   * @param fraction digits after the second's point; may be empty
   * @param offset e.g. {@code +02:00}; may be empty
   */
  static @Nullable TakenAt parse(String time, String fraction, String offset) {
    Matcher match = TIME.matcher(time);
    if (!match.matches()) {
      return null;
    }
    try {
      ZoneOffset zone = zone(offset);
      LocalDateTime local =
          LocalDateTime.of(
              number(match, 1),
              number(match, 2),
              number(match, 3),
              number(match, 4),
              number(match, 5),
              number(match, 6));
      long second = local.toEpochSecond(zone == null ? ZoneOffset.UTC : zone);
      return new TakenAt(Math.addExact(second * 1000, millis(fraction)), zone != null);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int number(Matcher match, int group) {
    return Integer.parseInt(match.group(group));
  }

  private static @Nullable ZoneOffset zone(String offset) {
    if (offset.equals("Z")) {
      return ZoneOffset.UTC;
    }
    Matcher match = OFFSET.matcher(offset);
    if (!match.matches()) {
      return null;
    }
    int minutes = 60 * number(match, 2) + number(match, 3);
    return ZoneOffset.ofTotalSeconds(60 * (match.group(1).equals("-") ? -minutes : minutes));
  }

  private static int millis(String fraction) {
    if (!fraction.matches("\\d{1,9}")) {
      return 0;
    }
    return Integer.parseInt((fraction + "00").substring(0, 3));
  }
}
