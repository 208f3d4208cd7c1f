package dev.starling.sdk;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads ids that others wrote. Without state. */
public final class Uuids {
  private static final int LENGTH = 36;

  private Uuids() {}

  /** The id, or null when the text is no UUID in its usual form of 36 characters. */
  public static @Nullable UUID parse(String text) {
    if (text.length() != LENGTH) {
      return null;
    }
    try {
      UUID id = UUID.fromString(text);
      // The JDK also takes groups of other lengths.
      return id.toString().equalsIgnoreCase(text) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
