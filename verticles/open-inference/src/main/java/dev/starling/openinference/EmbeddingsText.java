package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes OpenAI's list of embeddings. Most of it is numbers, which are written where they stay: a
 * generator makes a string of each first, which takes twice the time. Not thread-safe.
 */
final class EmbeddingsText {
  // The longest array that all JVMs make.
  private static final int MOST = Integer.MAX_VALUE - 8;

  private byte[] bytes;
  private int length;
  private int vectors;

  /**
   * @param typicalLength of all of it
   */
  EmbeddingsText(int typicalLength) {
    bytes = new byte[typicalLength];
    ascii("{\"object\":\"list\",\"data\":[");
  }

  /**
   * Adds a vector as a list of numbers.
   *
   * @param data little-endian floats
   * @throws IllegalStateException for a float that JSON cannot have
   */
  void numbers(byte[] data, int from, int to) {
    begin();
    ByteBuffer floats = ByteBuffer.wrap(data, from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    room(1 + (floats.remaining() / Float.BYTES) * (FloatText.MAX_BYTES + 1));
    bytes[length++] = '[';
    while (floats.hasRemaining()) {
      float value = floats.getFloat();
      if (!Float.isFinite(value)) {
        throw new IllegalStateException("embedding: " + value + " (expected: finite)");
      }
      length = FloatText.write(value, bytes, length);
      bytes[length++] = ',';
    }
    if (bytes[length - 1] == ',') {
      length--;
    }
    ascii("]}");
  }

  /** Adds a vector as OpenAI has it in base64: its floats, little-endian, which they are here. */
  void base64(byte[] data, int from, int to) {
    begin();
    byte[] text = Base64.getEncoder().encode(Arrays.copyOfRange(data, from, to));
    ascii("\"");
    add(text);
    ascii("\"}");
  }

  /**
   * Ends it.
   *
   * @param tokens of all texts; negative when they are not known
   */
  byte[] end(String model, long tokens) {
    ascii("],\"model\":\"");
    add(JsonStringEncoder.getInstance().quoteAsUTF8(model));
    ascii("\"");
    if (tokens >= 0) {
      ascii(",\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}");
    }
    ascii("}");
    return Arrays.copyOf(bytes, length);
  }

  private void begin() {
    ascii(
        vectors == 0
            ? "{\"object\":\"embedding\",\"index\":"
            : ",{\"object\":\"embedding\",\"index\":");
    ascii(Integer.toString(vectors++));
    ascii(",\"embedding\":");
  }

  private void ascii(String text) {
    add(text.getBytes(ISO_8859_1));
  }

  private void add(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  /** Makes sure that so many bytes fit. */
  private void room(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, MOST)));
    }
  }
}
