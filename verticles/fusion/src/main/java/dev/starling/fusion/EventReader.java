package dev.starling.fusion;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads CloudEvents in one pass over their JSON. Immutable.
 *
 * @param maxEvents of a batch
 * @param maxImageBytes of a picture
 * @param oldest how old an event may be
 */
record EventReader(int maxEvents, int maxImageBytes, Duration oldest) {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ATTRIBUTES = 48;

  /** Pictures are not among these texts: they are decoded as they are read. */
  private static final int MAX_TEXT = 64 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNumberLength(64)
                  .maxNameLength(256)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .build();

  private interface Reading<T> {
    T of(JsonParser json) throws IOException;
  }

  /** The one event of a body. */
  NewEvent one(byte[] body, Instant receivedAt) {
    return whole(
        body,
        json -> {
          json.nextToken();
          return read(json, "", receivedAt);
        });
  }

  /** The events of a body, in their order. */
  List<NewEvent> batch(byte[] body, Instant receivedAt) {
    return whole(
        body,
        json -> {
          if (json.nextToken() != JsonToken.START_ARRAY) {
            throw Fields.wrong(json, "events", "a list");
          }
          List<NewEvent> events = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            if (events.size() == maxEvents) {
              throw UnusableEvent.tooLarge(
                  "events: more than %d (expected: at most %d)".formatted(maxEvents, maxEvents));
            }
            events.add(read(json, "events[" + events.size() + "] ", receivedAt));
          }
          return events;
        });
  }

  /** The data of an event whose attributes came as headers. */
  void data(byte[] body, EventFields fields) {
    whole(
        body,
        json -> {
          json.nextToken();
          fields.data.read(json);
          return fields;
        });
    fields.hasData = true;
  }

  /** The event on which a parser stands. */
  NewEvent read(JsonParser json, String place, Instant receivedAt) throws IOException {
    Fields.expectObject(json, place.isEmpty() ? "event" : place.strip());
    EventFields fields = new EventFields(place, maxImageBytes);
    Map<String, String> extensions = new HashMap<>();
    byte[] binary = null;
    int count = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (++count > MAX_ATTRIBUTES) {
        throw UnusableEvent.invalid(place + "attributes", "more", "at most " + MAX_ATTRIBUTES);
      }
      if (name.equals("data") || name.equals("data_base64")) {
        if (fields.hasData) {
          throw UnusableEvent.invalid(place + "data", "given twice", "once");
        }
        fields.hasData = true;
        if (name.equals("data")) {
          fields.data.read(json);
        } else {
          binary = binary(json, place);
        }
      } else if (value != JsonToken.VALUE_NULL) {
        attribute(json, name, fields, extensions);
      }
    }
    if (binary != null) {
      if (!MediaTypes.isPicture(fields.contentType())) {
        throw UnusableEvent.invalid(
            place + "datacontenttype",
            fields.contentType(),
            MediaTypes.JPEG + " or " + MediaTypes.PNG + " with data_base64");
      }
      fields.data.picture(binary);
    } else if (!fields.contentType().isEmpty() && !fields.contentType().equals(MediaTypes.JSON)) {
      throw UnusableEvent.invalid(place + "datacontenttype", fields.contentType(), MediaTypes.JSON);
    }
    return fields.toEvent(receivedAt, oldest);
  }

  private static void attribute(
      JsonParser json, String name, EventFields fields, Map<String, String> extensions)
      throws IOException {
    JsonToken value = json.currentToken();
    String where = fields.place + Excerpt.of(name);
    if (!value.isScalarValue()) {
      throw Fields.wrong(json, where, "text, a number or a truth value");
    }
    String text =
        value == JsonToken.VALUE_STRING
            ? Fields.text(json, where, 0, 4 * EventFields.MAX_ATTRIBUTE)
            : json.getText();
    if (extensions.put(name, "") != null) {
      throw UnusableEvent.invalid(where, "given twice", "once");
    }
    fields.attribute(name, text);
  }

  private byte[] binary(JsonParser json, String place) throws IOException {
    if (!json.hasToken(JsonToken.VALUE_STRING)) {
      throw Fields.wrong(json, place + "data_base64", "base64");
    }
    BoundedBytes bytes = new BoundedBytes(maxImageBytes);
    try {
      json.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, bytes);
    } catch (BoundedBytes.Full e) {
      throw UnusableEvent.tooLarge(
          "%sdata_base64: more than %d bytes (expected: at most %d)"
              .formatted(place, maxImageBytes, maxImageBytes));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw UnusableEvent.invalid(place + "data_base64", "not base64", "base64 of RFC 4648");
    }
    return bytes.toByteArray();
  }

  private static <T> T whole(byte[] body, Reading<T> reading) {
    try (JsonParser json = JSON.createParser(body)) {
      T value = reading.of(json);
      if (json.nextToken() != null) {
        throw UnusableEvent.malformed("not JSON: more follows after the first value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw UnusableEvent.malformed("not JSON: " + Excerpt.of(e.getOriginalMessage(), 200));
    } catch (IOException e) {
      throw UnusableEvent.malformed("not JSON: it is not UTF-8");
    }
  }
}
