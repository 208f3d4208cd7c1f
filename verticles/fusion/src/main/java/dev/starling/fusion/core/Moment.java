package dev.starling.fusion.core;

import java.time.Instant;

/**
 * An event and when it happened, by the server's clock as well as it is known. Ordered by time, and
 * by key among those of one time. Immutable.
 *
 * @param millis when it happened, in milliseconds since 1970
 * @param captured when its picture was taken; {@code millis} for what is none, and when its camera
 *     does not say or cannot be believed
 */
record Moment(FusionEvent event, long millis, long captured) implements Comparable<Moment> {
  /** Year 9999, well within what a {@code long} of milliseconds holds. */
  private static final long FARTHEST_SECONDS = 253_402_300_799L;

  /** Pictures that are synchronised later than this after they were taken have a wrong clock. */
  private static final long LONGEST_SYNC_MILLIS = 60L * 24 * 3600 * 1000;

  /** EXIF knows no fractions of a second, and cameras round them as they like. */
  private static final long EXIF_ROUNDING_MILLIS = 2_000;

  static Moment of(FusionEvent event, long skewMillis) {
    long millis = millis(event.time()) + skewMillis;
    long captured = millis;
    if (event.content() instanceof Content.Image image && image.exif().takenAt() != null) {
      long noted = millis(image.exif().takenAt());
      long behind = millis - noted - skewMillis;
      // A camera that is set by satellites is right when its device is not.
      boolean right = Math.abs(millis - noted) <= EXIF_ROUNDING_MILLIS;
      if (!right && behind >= -EXIF_ROUNDING_MILLIS && behind <= LONGEST_SYNC_MILLIS) {
        // Within its rounding the event's own time is the more exact one.
        captured = behind <= EXIF_ROUNDING_MILLIS ? millis : millis - behind;
      }
    }
    return new Moment(event, millis, captured);
  }

  /** Milliseconds since 1970, of times out of reason those of the nearest in reason. */
  static long millis(Instant time) {
    long seconds = time.getEpochSecond();
    if (seconds > FARTHEST_SECONDS || seconds < -FARTHEST_SECONDS) {
      return (seconds > 0 ? FARTHEST_SECONDS : -FARTHEST_SECONDS) * 1000;
    }
    return time.toEpochMilli();
  }

  @Override
  public int compareTo(Moment other) {
    int byTime = Long.compare(millis, other.millis);
    return byTime != 0 ? byTime : event.key().compareTo(other.event.key());
  }
}
