package dev.starling.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link WireWriter} wrote, from bytes that are not trusted.
 *
 * <p>Not thread-safe. Every method throws {@link MalformedFrameException} when the bytes end early
 * or do not fit; lengths and counts are checked against the bytes that remain before memory is
 * allocated for them.
 */
public final class WireReader {
  // What Java's decoder puts in place of bytes that are not UTF-8.
  private static final char REPLACEMENT = '\uFFFD';

  private final byte[] bytes;
  private final int end;
  private int position;

  public WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Reads {@code length} bytes from {@code offset}; the range must lie inside the array. */
  public WireReader(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public int remaining() {
    return end - position;
  }

  public void expectEnd() {
    if (position != end) {
      throw new MalformedFrameException("trailing bytes: " + remaining() + " (expected: 0)");
    }
  }

  public byte readByte() {
    require(1);
    return bytes[position++];
  }

  public boolean readBoolean() {
    byte value = readByte();
    if (value != 0 && value != 1) {
      throw new MalformedFrameException("boolean: " + value + " (expected: 0 or 1)");
    }
    return value == 1;
  }

  public long readLong() {
    require(Long.BYTES);
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | bytes[position++] & 0xFF;
    }
    return value;
  }

  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  public int readVarInt() {
    long value = readVarLong();
    if (value > Integer.MAX_VALUE) {
      throw new MalformedFrameException("varint: " + value + " (expected: <= 2147483647)");
    }
    return (int) value;
  }

  public long readVarLong() {
    long value = 0;
    // 63 bits in groups of seven: nine bytes, so that the sign bit cannot be set.
    for (int shift = 0; shift < 63; shift += 7) {
      byte group = readByte();
      value |= (long) (group & 0x7F) << shift;
      if (group >= 0) {
        return value;
      }
    }
    throw new MalformedFrameException("varlong: more than 9 bytes (expected: 1..9)");
  }

  public byte[] readBytes() {
    int length = readLength();
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /** Passes over bytes that have their length in front. */
  public void skipBytes() {
    int length = readLength();
    position += length;
  }

  /** Reads exactly {@code length} bytes that have no length in front. */
  public byte[] readRaw(int length) {
    require(length);
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  public String readString() {
    int length = readLength();
    int start = position;
    position += length;
    String text = new String(bytes, start, length, UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !isWrittenAs(text, start, position)) {
      throw new MalformedFrameException("text: not UTF-8 (expected: UTF-8)");
    }
    return text;
  }

  public @Nullable String readNullableString() {
    return readBoolean() ? readString() : null;
  }

  /** Reads an ordinal of {@code values}, which is the enum's {@code values()}. */
  public <E extends Enum<E>> E readEnum(E[] values) {
    int ordinal = readVarInt();
    if (ordinal >= values.length) {
      throw new MalformedFrameException(
          values[0].getDeclaringClass().getSimpleName()
              + ": ordinal "
              + ordinal
              + " (expected: < "
              + values.length
              + ")");
    }
    return values[ordinal];
  }

  /** Reads a count and that many elements, each of which takes at least one byte. */
  public <T> List<T> readAll(Function<WireReader, T> element) {
    int count = readLength();
    List<T> values = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      values.add(element.apply(this));
    }
    return List.copyOf(values);
  }

  /** Reads a count and that many numbers of four bytes, little-endian. */
  public float[] readFloats() {
    int length = readVarInt();
    if ((long) length * Float.BYTES > remaining()) {
      throw new MalformedFrameException(
          "vector: " + length + " values (expected: at most the remaining " + remaining() + ")");
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      int bits = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        bits |= (bytes[position++] & 0xFF) << shift;
      }
      values[i] = Float.intBitsToFloat(bits);
    }
    return values;
  }

  private int readLength() {
    int length = readVarInt();
    require(length);
    return length;
  }

  private void require(int needed) {
    if (needed < 0 || needed > remaining()) {
      throw new MalformedFrameException(
          "length: " + needed + " (expected: 0.." + remaining() + ", the remaining bytes)");
    }
  }

  /** Tells a replacement character that was sent from one that stands for bad bytes. */
  private boolean isWrittenAs(String text, int from, int to) {
    byte[] written = text.getBytes(UTF_8);
    return Arrays.equals(written, 0, written.length, bytes, from, to);
  }
}
