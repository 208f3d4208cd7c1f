package dev.starling.edge;

import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * Composes the value of a header field in the form in which Netty copies it to the network. Not
 * thread-safe; it is used again after {@link #clear()}.
 */
final class AsciiText {
  private static final int MAX_DIGITS = 20;

  private byte[] bytes = new byte[128];
  private int length;

  void clear() {
    length = 0;
  }

  /** Appends text that is ASCII. */
  void append(String text) {
    int size = text.length();
    reserve(size);
    for (int i = 0; i < size; i++) {
      bytes[length + i] = (byte) text.charAt(i);
    }
    length += size;
  }

  /** Appends a number that is not negative. */
  void append(long number) {
    reserve(MAX_DIGITS);
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    length += digits;
    long rest = number;
    for (int i = 1; i <= digits; i++) {
      bytes[length - i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  AsciiString copy() {
    return new AsciiString(Arrays.copyOf(bytes, length), false);
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
