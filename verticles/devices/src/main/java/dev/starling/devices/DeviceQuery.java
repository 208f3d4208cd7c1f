package dev.starling.devices;

import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Reply;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the list of devices, which is ordered by their ids.
 *
 * @param limit how many, 20 unless given
 * @param cursor the {@code next_cursor} of the answer before; null for the beginning
 */
record DeviceQuery(@Min(1) @Max(100) Integer limit, @Nullable String cursor) {
  private static final int DEFAULT_LIMIT = 20;

  DeviceQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }

  /** What a client sends to go on behind this device; opaque to it. */
  static String cursorBehind(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.US_ASCII));
  }

  /** The id behind which the list goes on, empty for its beginning; null for an unusable cursor. */
  @Nullable String after() {
    if (cursor == null) {
      return "";
    }
    try {
      String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.ISO_8859_1);
      return id.matches(DevicePath.ID) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The answer to a cursor that is none. */
  static <T> Reply<T> badCursor() {
    return Reply.invalid(
        new Violation("/query/cursor", "must be a next_cursor that this list gave"));
  }
}
