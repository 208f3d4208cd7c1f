package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.TensorJson.Wrong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the elements of one tensor from JSON into the layout of the protocol's binary extension.
 * Used once.
 *
 * <p>Whole numbers are exact to the last of 64 bits. Memory grows with what is there, not with what
 * the shape says.
 */
final class TensorReader {
  private static final int TEXT_LENGTH = Integer.BYTES;
  private static final int FIRST_ELEMENTS = 64;

  private final JsonParser json;
  private final DataType type;
  private final List<Long> shape;
  private final long elements;

  /** Where the parser is, in each list around it. */
  private final long[] at;

  private ByteBuffer bytes;

  /**
   * @param json stands at the first token of the data
   * @param shape one of a tensor
   */
  TensorReader(JsonParser json, DataType type, List<Long> shape) {
    this.json = json;
    this.type = type;
    this.shape = shape;
    this.elements = Tensor.elements(shape);
    this.at = new long[Math.max(1, shape.size())];
    int width = type == DataType.BYTES ? TEXT_LENGTH : type.width();
    this.bytes = buffer(Math.toIntExact(Math.min(elements, FIRST_ELEMENTS) * width));
  }

  /** What is wrong with the data; null when it was read and {@link #bytes} has it. */
  @Nullable Wrong read() throws IOException {
    JsonToken token = json.currentToken();
    if (token != JsonToken.START_ARRAY) {
      // A single element is the only one without a list around it.
      return shape.isEmpty() ? element(0, token) : wrong(0, TensorJson.kind(token), "a list");
    }
    JsonToken first = json.nextToken();
    return first == JsonToken.START_ARRAY && shape.size() > 1
        ? list(0, first, shape.get(0), false)
        : list(0, first, elements, true);
  }

  byte[] bytes() {
    return bytes.position() == bytes.capacity()
        ? bytes.array()
        : Arrays.copyOf(bytes.array(), bytes.position());
  }

  /**
   * Reads a list from behind its beginning to its end.
   *
   * @param depth how many lists are around it
   * @param flat whether it has all elements, whatever the shape
   */
  private @Nullable Wrong list(int depth, JsonToken first, long expected, boolean flat)
      throws IOException {
    boolean innermost = flat || depth + 1 == shape.size();
    long count = 0;
    for (JsonToken token = first; token != JsonToken.END_ARRAY; token = json.nextToken()) {
      if (count == expected) {
        return wrongLength(depth, count + left(token), expected);
      }
      at[depth] = count;
      Wrong wrong;
      if (innermost) {
        wrong = element(depth + 1, token);
      } else if (token != JsonToken.START_ARRAY) {
        wrong = wrong(depth + 1, TensorJson.kind(token), "a list");
      } else {
        wrong = list(depth + 1, json.nextToken(), shape.get(depth + 1), false);
      }
      if (wrong != null) {
        return wrong;
      }
      count++;
    }
    return count == expected ? null : wrongLength(depth, count, expected);
  }

  /** How many there are from here to the end of the list. */
  private long left(JsonToken from) throws IOException {
    long left = 0;
    for (JsonToken token = from;
        token != null && token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      json.skipChildren();
      left++;
    }
    return left;
  }

  private Wrong wrongLength(int depth, long found, long expected) {
    return wrong(
        depth, "a list of " + found, "a list of " + expected + ", as the shape " + shape + " says");
  }

  private Wrong wrong(int depth, String found, String expected) {
    StringBuilder pointer = new StringBuilder("/data");
    for (int i = 0; i < depth; i++) {
      pointer.append('/').append(at[i]);
    }
    return new Wrong(pointer.toString(), found, expected);
  }

  private @Nullable Wrong element(int depth, @Nullable JsonToken token) throws IOException {
    room(type.width());
    return switch (type) {
      case BOOL -> truth(depth, token);
      case UINT8 -> whole(depth, token, 0, 0xff);
      case UINT16 -> whole(depth, token, 0, 0xffff);
      case UINT32 -> whole(depth, token, 0, 0xffff_ffffL);
      case INT8 -> whole(depth, token, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case INT16 -> whole(depth, token, Short.MIN_VALUE, Short.MAX_VALUE);
      case INT32 -> whole(depth, token, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> whole(depth, token, Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT64 -> unsigned(depth, token);
      case FP16 -> half(depth, token);
      case FP32 -> single(depth, token);
      case FP64 -> real(depth, token);
      case BYTES -> text(depth, token);
    };
  }

  private Wrong wrongElement(int depth, @Nullable JsonToken token, String expected)
      throws IOException {
    String found = token != null && token.isNumeric() ? json.getText() : TensorJson.kind(token);
    return wrong(depth, found, expected + ", as " + type + " is");
  }

  private @Nullable Wrong truth(int depth, @Nullable JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      return wrongElement(depth, token, "true or false");
    }
    bytes.put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
    return null;
  }

  private @Nullable Wrong whole(int depth, @Nullable JsonToken token, long from, long to)
      throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || json.getLongValue() < from
        || json.getLongValue() > to) {
      return wrongElement(depth, token, "a whole number, " + from + ".." + to);
    }
    long value = json.getLongValue();
    switch (type.width()) {
      case Byte.BYTES -> bytes.put((byte) value);
      case Short.BYTES -> bytes.putShort((short) value);
      case Integer.BYTES -> bytes.putInt((int) value);
      default -> bytes.putLong(value);
    }
    return null;
  }

  private @Nullable Wrong unsigned(int depth, @Nullable JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      try {
        bytes.putLong(Long.parseUnsignedLong(json.getText()));
        return null;
      } catch (NumberFormatException e) {
        // Too large or negative; told below.
      }
    }
    return wrongElement(depth, token, "a whole number, 0..18446744073709551615");
  }

  private @Nullable Wrong half(int depth, @Nullable JsonToken token) throws IOException {
    if (token == null || !token.isNumeric() || !Half.holds(json.getDoubleValue())) {
      return wrongElement(depth, token, "a number, -65504..65504");
    }
    bytes.putShort((short) Half.bits(json.getDoubleValue()));
    return null;
  }

  private @Nullable Wrong single(int depth, @Nullable JsonToken token) throws IOException {
    if (token == null || !token.isNumeric() || !Float.isFinite(json.getFloatValue())) {
      return wrongElement(depth, token, "a number of 32 bits");
    }
    bytes.putFloat(json.getFloatValue());
    return null;
  }

  private @Nullable Wrong real(int depth, @Nullable JsonToken token) throws IOException {
    if (token == null || !token.isNumeric() || !Double.isFinite(json.getDoubleValue())) {
      return wrongElement(depth, token, "a number of 64 bits");
    }
    bytes.putDouble(json.getDoubleValue());
    return null;
  }

  private @Nullable Wrong text(int depth, @Nullable JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      return wrongElement(depth, token, "a text");
    }
    String text = json.getText();
    if (!UTF_8.newEncoder().canEncode(text)) {
      return wrong(depth, "a lone surrogate", "Unicode text, as BYTES is");
    }
    byte[] utf8 = text.getBytes(UTF_8);
    room(TEXT_LENGTH + utf8.length);
    bytes.putInt(utf8.length).put(utf8);
    return null;
  }

  private void room(int more) {
    if (bytes.remaining() < more) {
      int size = Math.max(bytes.position() + more, 2 * bytes.capacity());
      if (type != DataType.BYTES) {
        size = (int) Math.min(size, elements * type.width());
      }
      ByteBuffer larger = buffer(size);
      larger.put(bytes.flip());
      bytes = larger;
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
