package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How long texts are where it counts. Without state. */
final class Utf8 {
  private Utf8() {}

  static int length(String text) {
    return text.getBytes(UTF_8).length;
  }

  /** Whether it can be stored: no NUL, no half of a surrogate pair. */
  static boolean isStorable(String text) {
    return text.indexOf(0) < 0 && UTF_8.newEncoder().canEncode(text);
  }
}
