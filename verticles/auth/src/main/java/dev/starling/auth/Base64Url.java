package dev.starling.auth;

import java.util.Arrays;

/**
 * Reads unpadded base64url, in the one form that RFC 7515 allows.
 *
 * <p>Stateless. Stricter than {@link java.util.Base64}, which takes padding and bits that no
 * encoder writes, so that one token would have several texts.
 */
final class Base64Url {
  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < alphabet.length(); i++) {
      VALUES[alphabet.charAt(i)] = (byte) i;
    }
  }

  private Base64Url() {}

  /**
   * Decodes {@code text[from..to)} to the start of {@code out}.
   *
   * @return the number of bytes written; -1 when the text is not canonical base64url or is longer
   *     than {@code out} can take
   */
  static int decode(byte[] text, int from, int to, byte[] out) {
    int length = to - from;
    int rest = length & 3;
    int size = (length >> 2) * 3 + (rest == 0 ? 0 : rest - 1);
    if (length <= 0 || rest == 1 || size > out.length) {
      return -1;
    }
    int at = from;
    int written = 0;
    // Illegal characters give a negative value, which stays visible in the sign of the union.
    for (int end = to - rest; at < end; at += 4) {
      int bits =
          VALUES[text[at] & 0xFF] << 18
              | VALUES[text[at + 1] & 0xFF] << 12
              | VALUES[text[at + 2] & 0xFF] << 6
              | VALUES[text[at + 3] & 0xFF];
      if (bits < 0) {
        return -1;
      }
      out[written++] = (byte) (bits >> 16);
      out[written++] = (byte) (bits >> 8);
      out[written++] = (byte) bits;
    }
    if (rest == 2) {
      int bits = VALUES[text[at] & 0xFF] << 6 | VALUES[text[at + 1] & 0xFF];
      if (bits < 0 || (bits & 0xF) != 0) {
        return -1;
      }
      out[written++] = (byte) (bits >> 4);
    } else if (rest == 3) {
      int bits =
          VALUES[text[at] & 0xFF] << 12
              | VALUES[text[at + 1] & 0xFF] << 6
              | VALUES[text[at + 2] & 0xFF];
      if (bits < 0 || (bits & 0x3) != 0) {
        return -1;
      }
      out[written++] = (byte) (bits >> 10);
      out[written++] = (byte) (bits >> 2);
    }
    return written;
  }
}
