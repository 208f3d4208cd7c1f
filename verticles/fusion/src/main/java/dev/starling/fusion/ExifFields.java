package dev.starling.fusion;

import com.fasterxml.jackson.core.JsonParser;
import dev.starling.fusion.core.Content.Exif;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a device says that its camera wrote: {@code taken_at} (RFC 3339), {@code make} and {@code
 * model}, or EXIF's own names; others are left aside. Immutable.
 */
record ExifFields(String where, Map<String, String> values) {
  private static final int MAX_ENTRIES = 64;
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUE = 256;
  private static final DateTimeFormatter OF_EXIF =
      DateTimeFormatter.ofPattern("uuuu:MM:dd HH:mm:ss");

  static ExifFields read(JsonParser json, String where) throws IOException {
    Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    values.putAll(Fields.texts(json, where, MAX_ENTRIES, MAX_NAME, MAX_VALUE));
    return new ExifFields(where, values);
  }

  /**
   * @param offset in which EXIF's times are, which often have none
   */
  Exif toExif(ZoneOffset offset) {
    return new Exif(takenAt(offset), value("make"), value("model"));
  }

  private @Nullable Instant takenAt(ZoneOffset offset) {
    String own = value("taken_at");
    if (!own.isEmpty()) {
      OffsetDateTime at = Fields.time(own, where + ".taken_at");
      return at.toInstant().truncatedTo(ChronoUnit.MICROS);
    }
    String original = value("DateTimeOriginal");
    if (original.isEmpty()) {
      return null;
    }
    try {
      String written = value("OffsetTimeOriginal");
      return LocalDateTime.parse(original, OF_EXIF)
          .toInstant(written.isEmpty() ? offset : ZoneOffset.of(written));
    } catch (DateTimeException e) {
      throw UnusableEvent.invalid(
          where + ".DateTimeOriginal", original, "e.g. 2026:01:31 12:00:00");
    }
  }

  private String value(String name) {
    return values.getOrDefault(name, "");
  }
}
