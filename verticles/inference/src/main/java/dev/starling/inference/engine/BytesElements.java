package dev.starling.inference.engine;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The elements of a tensor of {@link DataType#BYTES}: each has its length in four bytes first. */
final class BytesElements {
  private BytesElements() {}

  /**
   * Reads them as text.
   *
   * @param maxBytes of each
   * @throws IllegalArgumentException naming what was expected
   */
  static List<String> texts(Tensor tensor, int maxBytes) {
    long count = tensor.elements();
    ByteBuffer in = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
    // Each takes four bytes at least, so a false count reserves no more than was sent.
    List<String> texts = new ArrayList<>((int) Math.min(count, in.remaining() / Integer.BYTES));
    for (long i = 0; i < count; i++) {
      int length = length(in, count);
      if (length > maxBytes) {
        throw new IllegalArgumentException(
            "data: element " + i + ": " + length + " bytes (expected: <= " + maxBytes + ")");
      }
      texts.add(text(in, length, i));
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(
          "data: " + in.remaining() + " bytes too many (expected: " + count + " elements)");
    }
    return texts;
  }

  /** The part of the data that these elements are. */
  static byte[] slice(byte[] data, long from, long count) {
    ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    skip(in, from);
    int start = in.position();
    skip(in, count);
    return Arrays.copyOfRange(data, start, in.position());
  }

  static byte[] join(List<byte[]> elements) {
    int size = 0;
    for (byte[] element : elements) {
      size = Math.addExact(size, Integer.BYTES + element.length);
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] element : elements) {
      out.putInt(element.length).put(element);
    }
    return out.array();
  }

  private static void skip(ByteBuffer in, long elements) {
    for (long i = 0; i < elements; i++) {
      int length = in.getInt();
      in.position(in.position() + length);
    }
  }

  private static int length(ByteBuffer in, long count) {
    if (in.remaining() >= Integer.BYTES) {
      int length = in.getInt();
      if (length >= 0 && length <= in.remaining()) {
        return length;
      }
    }
    throw new IllegalArgumentException(
        "data ends early (expected: " + count + " elements, each with its length in 4 bytes)");
  }

  private static String text(ByteBuffer in, int length, long index) {
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("data: element " + index + " (expected: UTF-8)", e);
    }
  }
}
