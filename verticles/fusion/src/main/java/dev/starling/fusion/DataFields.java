package dev.starling.fusion;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Alternative;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the data of one event says, read before its type is known, since JSON has no order. Not
 * thread-safe.
 */
final class DataFields {
  static final int MAX_TRANSCRIPT = 2_000;
  static final int MAX_ALTERNATIVES = 10;
  static final int MAX_IMAGE_ID = 128;
  static final int MAX_CAPTION = 500;
  static final int MAX_LABELS = 32;
  static final int MAX_LABEL = 64;
  static final int MAX_ATTRIBUTES = 32;
  private static final int MAX_LANGUAGE = 35;
  private static final int MAX_URL = 2_048;
  private static final int MAX_ACTION = 64;
  private static final int MAX_ATTRIBUTE_NAME = 64;
  private static final int MAX_ATTRIBUTE = 256;
  private static final Pattern ACTION = Pattern.compile("[a-z0-9][a-z0-9_.-]*");

  /** The fields that there are. */
  enum Field {
    TRANSCRIPT,
    TEXT,
    CONFIDENCE,
    ALTERNATIVES,
    LANGUAGE,
    IMAGE_ID,
    BYTES_BASE64,
    URL,
    CAPTION,
    LABELS,
    EXIF,
    ACTION,
    ATTRIBUTES;

    final String text = name().toLowerCase(Locale.ROOT);
  }

  private static final Map<String, Field> FIELDS =
      EnumSet.allOf(Field.class).stream()
          .collect(
              java.util.stream.Collectors.toUnmodifiableMap(field -> field.text, field -> field));

  private static final Map<EventType, Set<Field>> OF_TYPE =
      Map.of(
          EventType.SPEECH,
          EnumSet.of(Field.TRANSCRIPT, Field.CONFIDENCE, Field.ALTERNATIVES, Field.LANGUAGE),
          EventType.TEXT,
          EnumSet.of(Field.TEXT, Field.TRANSCRIPT, Field.LANGUAGE),
          EventType.IMAGE,
          EnumSet.of(
              Field.IMAGE_ID,
              Field.BYTES_BASE64,
              Field.URL,
              Field.CAPTION,
              Field.LABELS,
              Field.EXIF),
          EventType.BEHAVIOUR,
          EnumSet.of(Field.ACTION, Field.ATTRIBUTES));

  private final String where;
  private final int maxImageBytes;
  private final EnumSet<Field> given = EnumSet.noneOf(Field.class);
  private String transcript = "";
  private double confidence = 1;
  private List<Alternative> alternatives = List.of();
  private String language = "";
  private String imageId = "";
  private byte @Nullable [] picture;
  private String url = "";
  private String caption = "";
  private List<String> labels = List.of();
  private @Nullable ExifFields exif;
  private String action = "";
  private Map<String, String> attributes = Map.of();

  /**
   * @param where how errors name the data, e.g. {@code events[3] data}
   */
  DataFields(String where, int maxImageBytes) {
    this.where = where;
    this.maxImageBytes = maxImageBytes;
  }

  /** Reads the object on which the parser stands. */
  void read(JsonParser json) throws IOException {
    Fields.expectObject(json, where);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      Field field = FIELDS.get(name);
      if (field == null) {
        throw UnusableEvent.invalid(
            where + "." + Excerpt.of(name), "unknown", "one of " + names(FIELDS.values()));
      }
      json.nextToken();
      begin(field);
      read(field, json);
    }
  }

  private void read(Field field, JsonParser json) throws IOException {
    String there = at(field);
    switch (field) {
      case TRANSCRIPT, TEXT -> transcript = Fields.text(json, there, 1, MAX_TRANSCRIPT);
      case CONFIDENCE -> confidence = Fields.share(json, there);
      case ALTERNATIVES -> alternatives = alternatives(json, there);
      case LANGUAGE -> language = Fields.text(json, there, 0, MAX_LANGUAGE);
      case IMAGE_ID -> imageId = Fields.text(json, there, 1, MAX_IMAGE_ID);
      case BYTES_BASE64 -> picture = bytes(json, there);
      case URL -> url = url(Fields.text(json, there, 1, MAX_URL), there);
      case CAPTION -> caption = Fields.text(json, there, 0, MAX_CAPTION);
      case LABELS -> labels = labels(json, there);
      case EXIF -> exif = ExifFields.read(json, there);
      case ACTION -> action = Fields.text(json, there, 1, MAX_ACTION);
      case ATTRIBUTES ->
          attributes = Fields.texts(json, there, MAX_ATTRIBUTES, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE);
    }
  }

  /** The picture came as the event's data itself. */
  void picture(byte[] bytes) {
    begin(Field.BYTES_BASE64);
    if (bytes.length > maxImageBytes) {
      throw tooLarge(where);
    }
    picture = bytes;
  }

  /** The text came as the event's data itself. */
  void plainText(String text) {
    begin(Field.TEXT);
    transcript = Fields.checked(text, where, 1, MAX_TRANSCRIPT);
  }

  void imageId(String text, String there) {
    begin(Field.IMAGE_ID);
    imageId = Fields.checked(text, there, 1, MAX_IMAGE_ID);
  }

  void caption(String text, String there) {
    begin(Field.CAPTION);
    caption = Fields.checked(text, there, 0, MAX_CAPTION);
  }

  /**
   * @param text separated by commas
   */
  void labels(String text, String there) {
    begin(Field.LABELS);
    LinkedHashSet<String> each = new LinkedHashSet<>();
    for (String label : text.split(",", -1)) {
      if (!label.isBlank()) {
        each.add(Fields.checked(label.strip(), there, 1, MAX_LABEL));
      }
    }
    if (each.size() > MAX_LABELS) {
      throw tooMany(there, MAX_LABELS);
    }
    labels = List.copyOf(each);
  }

  byte @Nullable [] picture() {
    return picture;
  }

  /**
   * What it says as data of this type; without vector and descriptors.
   *
   * @param offset of the device's time, for what its camera wrote without one
   */
  Content content(EventType type, ZoneOffset offset) {
    Set<Field> known = OF_TYPE.getOrDefault(type, Set.of());
    for (Field field : given) {
      if (!known.contains(field)) {
        throw UnusableEvent.invalid(at(field), "unknown", "one of " + names(known));
      }
    }
    return switch (type) {
      case SPEECH -> {
        require(Field.TRANSCRIPT);
        require(Field.CONFIDENCE);
        yield new Content.Utterance(true, transcript, confidence, alternatives, language);
      }
      case TEXT -> {
        if (!given.contains(Field.TRANSCRIPT)) {
          require(Field.TEXT);
        } else if (given.contains(Field.TEXT)) {
          throw UnusableEvent.invalid(at(Field.TEXT), "given with transcript", "one of the two");
        }
        yield new Content.Utterance(false, transcript, 1, List.of(), language);
      }
      case IMAGE -> {
        require(Field.IMAGE_ID);
        if (given.contains(Field.BYTES_BASE64) && given.contains(Field.URL)) {
          throw UnusableEvent.invalid(at(Field.URL), "given with the bytes", "one of the two");
        }
        yield new Content.Image(
            imageId,
            url,
            caption,
            labels,
            exif == null ? Content.Exif.NONE : exif.toExif(offset),
            null,
            null);
      }
      case BEHAVIOUR -> {
        require(Field.ACTION);
        if (!ACTION.matcher(action).matches()) {
          throw UnusableEvent.invalid(
              at(Field.ACTION), action, "a-z, 0-9, '_', '.' and '-', e.g. app_opened");
        }
        yield new Content.Behaviour(action, attributes);
      }
    };
  }

  private void begin(Field field) {
    if (!given.add(field)) {
      throw UnusableEvent.invalid(at(field), "given twice", "once");
    }
  }

  private void require(Field field) {
    if (!given.contains(field)) {
      throw UnusableEvent.invalid(at(field), "missing", "to be given");
    }
  }

  private String at(Field field) {
    return where + "." + field.text;
  }

  private static List<Alternative> alternatives(JsonParser json, String where) throws IOException {
    if (!json.hasToken(JsonToken.START_ARRAY)) {
      throw Fields.wrong(json, where, "a list");
    }
    List<Alternative> all = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String there = where + "[" + all.size() + "]";
      if (all.size() == MAX_ALTERNATIVES) {
        throw tooMany(where, MAX_ALTERNATIVES);
      }
      all.add(
          json.hasToken(JsonToken.VALUE_STRING)
              ? new Alternative(Fields.text(json, there, 1, MAX_TRANSCRIPT), 0)
              : alternative(json, there));
    }
    return all;
  }

  private static Alternative alternative(JsonParser json, String where) throws IOException {
    Fields.expectObject(json, where);
    String transcript = "";
    double confidence = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "transcript" ->
            transcript = Fields.text(json, where + ".transcript", 1, MAX_TRANSCRIPT);
        case "confidence" -> confidence = Fields.share(json, where + ".confidence");
        default ->
            throw UnusableEvent.invalid(
                where + "." + Excerpt.of(name), "unknown", "transcript or confidence");
      }
    }
    if (transcript.isEmpty()) {
      throw UnusableEvent.invalid(where + ".transcript", "missing", "to be given");
    }
    return new Alternative(transcript, confidence);
  }

  private static List<String> labels(JsonParser json, String where) throws IOException {
    if (!json.hasToken(JsonToken.START_ARRAY)) {
      throw Fields.wrong(json, where, "a list");
    }
    LinkedHashSet<String> all = new LinkedHashSet<>();
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == MAX_LABELS) {
        throw tooMany(where, MAX_LABELS);
      }
      all.add(Fields.text(json, where + "[" + count++ + "]", 1, MAX_LABEL));
    }
    return List.copyOf(all);
  }

  /** Decoded as it is read, so that no more of it is held than may be. */
  private byte[] bytes(JsonParser json, String where) throws IOException {
    if (!json.hasToken(JsonToken.VALUE_STRING)) {
      throw Fields.wrong(json, where, "base64");
    }
    BoundedBytes bytes = new BoundedBytes(maxImageBytes);
    try {
      json.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, bytes);
    } catch (BoundedBytes.Full e) {
      throw tooLarge(where);
    } catch (com.fasterxml.jackson.core.JsonProcessingException | IllegalArgumentException e) {
      throw UnusableEvent.invalid(where, "not base64", "base64 of RFC 4648");
    }
    return bytes.toByteArray();
  }

  private UnusableEvent tooLarge(String there) {
    return UnusableEvent.tooLarge(
        "%s: more than %d bytes (expected: at most %d)"
            .formatted(there, maxImageBytes, maxImageBytes));
  }

  private static UnusableEvent tooMany(String where, int most) {
    return UnusableEvent.invalid(where, "more", "at most " + most);
  }

  private static String url(String text, String where) {
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute() && uri.getRawUserInfo() == null) {
        return text;
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    throw UnusableEvent.invalid(where, text, "an absolute URL without user and password");
  }

  private static String names(Iterable<Field> fields) {
    List<String> names = new ArrayList<>();
    fields.forEach(field -> names.add(field.text));
    Collections.sort(names);
    return String.join(", ", names);
  }
}
