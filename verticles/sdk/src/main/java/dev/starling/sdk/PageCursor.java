package dev.starling.sdk;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list that is ordered by time and id: the last entry that was seen.
 *
 * <p>Immutable. As text it is opaque to clients: base64url of the microseconds since 1970 and the
 * id, 24 bytes.
 */
public record PageCursor(Instant at, UUID id) {
  /** Before everything, in a list whose oldest entries come first. */
  public static final PageCursor START = new PageCursor(Instant.EPOCH, new UUID(0, 0));

  private static final int BYTES = 3 * Long.BYTES;
  private static final int CHARACTERS = BYTES / 3 * 4;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long MAX_MICROS = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  /** The place that {@code text} stands for, or null when no answer contained it. */
  public static @Nullable PageCursor parse(String text) {
    if (text.length() != CHARACTERS) {
      return null;
    }
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (bytes.remaining() != BYTES) {
      return null;
    }
    long micros = bytes.getLong();
    if (micros < 0 || micros > MAX_MICROS) {
      return null;
    }
    return new PageCursor(
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS), new UUID(bytes.getLong(), bytes.getLong()));
  }

  public String text() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(micros(at));
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().encodeToString(bytes.array());
  }

  /** Since 1970; {@code ChronoUnit.MICROS.between} overflows after 292 years. */
  private static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / 1_000;
  }
}
