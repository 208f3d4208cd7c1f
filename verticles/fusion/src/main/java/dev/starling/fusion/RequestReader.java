package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Call;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a request: structured, a batch, or binary, as CloudEvents has them over HTTP.
 * Immutable.
 */
record RequestReader(EventReader events) {
  static final String CONTENT_TYPE = "content-type";

  /** The attributes that are read, as headers without their prefix. */
  private static final List<String> ATTRIBUTES =
      List.of(
          "specversion",
          "id",
          "source",
          "type",
          "time",
          "sentat",
          "imageid",
          "caption",
          "labels",
          "user",
          "userid",
          "owner",
          "tenant");

  private static final String PREFIX = "ce-";

  /** The headers that are read. */
  static String[] headers() {
    return ATTRIBUTES.stream().map(name -> PREFIX + name).toArray(String[]::new);
  }

  /**
   * The events, in their order.
   *
   * @throws UnusableEvent when any of them is
   */
  List<NewEvent> read(Call call, byte[] body, Instant receivedAt) {
    String contentType = call.header(CONTENT_TYPE);
    String bare = contentType == null ? "" : MediaTypes.bare(contentType);
    if (contentType != null && !MediaTypes.isUtf8(contentType)) {
      throw unsupported(contentType);
    }
    return switch (bare) {
      case MediaTypes.ONE -> List.of(events.one(body, receivedAt));
      case MediaTypes.BATCH -> events.batch(body, receivedAt);
      default -> {
        if (call.header(PREFIX + "id") == null && call.header(PREFIX + "specversion") == null) {
          throw unsupported(contentType);
        }
        yield List.of(binary(call, bare, body, receivedAt));
      }
    };
  }

  private NewEvent binary(Call call, String bare, byte[] body, Instant receivedAt) {
    EventFields fields = new EventFields("", events.maxImageBytes());
    for (String name : ATTRIBUTES) {
      String value = call.header(PREFIX + name);
      if (value != null) {
        fields.attribute(name, decoded(value, PREFIX + name));
      }
    }
    if (MediaTypes.isPicture(bare)) {
      fields.data.picture(body);
      fields.hasData = true;
    } else if (bare.equals(MediaTypes.TEXT)) {
      fields.data.plainText(utf8(body));
      fields.hasData = true;
    } else if (bare.equals(MediaTypes.JSON) || bare.isEmpty()) {
      events.data(body, fields);
    } else {
      throw unsupported(bare);
    }
    return fields.toEvent(receivedAt, events.oldest());
  }

  private static UnusableEvent unsupported(@Nullable String contentType) {
    return new UnusableEvent(
        Refusal.UNSUPPORTED_MEDIA_TYPE,
        "content-type: %s (expected: %s, %s, or ce- headers with %s, %s, %s or %s)"
            .formatted(
                contentType == null ? "none" : Excerpt.of(contentType),
                MediaTypes.ONE,
                MediaTypes.BATCH,
                MediaTypes.JSON,
                MediaTypes.TEXT,
                MediaTypes.JPEG,
                MediaTypes.PNG));
  }

  private static String utf8(byte[] body) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw UnusableEvent.malformed("data: it is not UTF-8");
    }
  }

  /** Percent-encoded, as the HTTP binding of CloudEvents has it; older senders quote. */
  private static String decoded(String header, String name) {
    String text = header;
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      text = text.substring(1, text.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
    }
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] encoded = text.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] != '%') {
        bytes.put(encoded[i]);
        continue;
      }
      int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
      int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw UnusableEvent.invalid(name, header, "percent-encoded UTF-8");
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw UnusableEvent.invalid(name, header, "percent-encoded UTF-8");
    }
  }
}
