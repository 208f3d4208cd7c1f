package dev.starling.orders;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place in a user's list of orders, the newest first: the last one that was seen. Immutable.
 *
 * <p>As text it is opaque to clients: base64url of the order's id. What is ordered later comes
 * before the place, so nothing is shown twice or left out.
 */
record OrderCursor(UUID id) {
  /** Before every id of version 7. */
  static final OrderCursor START = new OrderCursor(new UUID(-1L, -1L));

  private static final int CHARACTERS = 22;

  /** The place that {@code text} stands for, or null when no answer contained it. */
  static @Nullable OrderCursor parse(String text) {
    if (text.length() != CHARACTERS) {
      return null;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      OrderCursor cursor = new OrderCursor(new UUID(bytes.getLong(), bytes.getLong()));
      // The last character has bits to spare.
      return cursor.text().equals(text) ? cursor : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  String text() {
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
