package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one CloudEvent as they come, from JSON or from headers, and its data. Not
 * thread-safe.
 */
final class EventFields {
  static final int MAX_ID = 128;

  /** Many times what any device needs. */
  static final int MAX_ATTRIBUTE = 256;

  static final Duration AHEAD = Duration.ofDays(1);
  private static final Pattern SOURCE = Pattern.compile("/devices/([A-Za-z0-9._-]{1,64})");
  private static final String VERSION = "1.0";

  /** Who they are for is said by the token alone. */
  private static final Set<String> USERS =
      Set.of("user", "userid", "user_id", "owner", "tenant", "principal");

  final String place;
  final DataFields data;
  boolean hasData;
  private String version = "";
  private String id = "";
  private String source = "";
  private String type = "";
  private String time = "";
  private String sentAt = "";
  private String contentType = "";

  /**
   * @param place how errors name the event: empty, or e.g. {@code events[3] }
   */
  EventFields(String place, int maxImageBytes) {
    this.place = place;
    this.data = new DataFields(place + "data", maxImageBytes);
  }

  /** An attribute; extensions that nobody knows are left aside. */
  void attribute(String name, String value) {
    switch (name) {
      case "specversion" -> version = once(name, version, value);
      case "id" -> id = once(name, id, value);
      case "source" -> source = once(name, source, value);
      case "type" -> type = once(name, type, value);
      case "time" -> time = once(name, time, value);
      case "sentat" -> sentAt = once(name, sentAt, value);
      case "datacontenttype" -> contentType = once(name, contentType, value);
      case "imageid" -> data.imageId(value, place + name);
      case "caption" -> data.caption(value, place + name);
      case "labels" -> data.labels(value, place + name);
      default -> {
        if (USERS.contains(name)) {
          throw UnusableEvent.invalid(
              place + name, value, "not to be given: events are those of the token's user");
        }
      }
    }
  }

  /** In lower case and without parameters; empty for none. */
  String contentType() {
    return MediaTypes.bare(contentType);
  }

  /**
   * @param receivedAt now
   * @param oldest how old it may be
   */
  NewEvent toEvent(Instant receivedAt, Duration oldest) {
    if (!version.equals(VERSION)) {
      throw UnusableEvent.invalid(place + "specversion", orMissing(version), VERSION);
    }
    require("id", id);
    Fields.checked(id, place + "id", 1, MAX_ID);
    Matcher device = SOURCE.matcher(source);
    if (!device.matches()) {
      throw UnusableEvent.invalid(
          place + "source",
          orMissing(source),
          "/devices/{deviceId}, of 1..64 of A-Z, a-z, 0-9, '.', '_' and '-'");
    }
    EventType known = EventType.of(type);
    if (known == null) {
      throw UnusableEvent.invalid(place + "type", orMissing(type), EventType.EXPECTATION);
    }
    require("time", time);
    OffsetDateTime happened = Fields.time(time, place + "time");
    Instant at = within(happened, "time", receivedAt, oldest);
    Instant sent =
        sentAt.isEmpty()
            ? at
            : within(Fields.time(sentAt, place + "sentat"), "sentat", receivedAt, oldest);
    if (!hasData) {
      throw UnusableEvent.invalid(place + "data", "missing", "to be given");
    }
    Content content = data.content(known, happened.getOffset());
    return new NewEvent(
        place,
        new FusionEvent(
            source,
            id,
            device.group(1),
            at,
            // A clock that was set back between the two says nothing about its skew.
            sent.isBefore(at) ? at : sent,
            receivedAt,
            content),
        zoneMinutes(happened.getOffset()),
        data.picture());
  }

  private Instant within(OffsetDateTime text, String name, Instant now, Duration oldest) {
    Instant at = text.toInstant().truncatedTo(ChronoUnit.MICROS);
    if (at.isAfter(now.plus(AHEAD))) {
      throw UnusableEvent.invalid(
          place + name, text, "at most a day after " + now.truncatedTo(ChronoUnit.SECONDS));
    }
    if (at.isBefore(now.minus(oldest))) {
      throw UnusableEvent.invalid(
          place + name,
          text,
          "within %d days before %s"
              .formatted(oldest.toDays(), now.truncatedTo(ChronoUnit.SECONDS)));
    }
    return at;
  }

  private static @Nullable Short zoneMinutes(ZoneOffset offset) {
    return offset.equals(ZoneOffset.UTC) ? null : (short) (offset.getTotalSeconds() / 60);
  }

  private void require(String name, String value) {
    if (value.isEmpty()) {
      throw UnusableEvent.invalid(place + name, "missing", "to be given");
    }
  }

  private String once(String name, String before, String value) {
    if (!before.isEmpty()) {
      throw UnusableEvent.invalid(place + name, "given twice", "once");
    }
    return Fields.checked(value, place + name, 1, MAX_ATTRIBUTE);
  }

  private static String orMissing(String value) {
    return value.isEmpty() ? "missing" : value;
  }
}
