package dev.starling.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A growing byte array that messages are written to.
 *
 * <p>Not thread-safe: one writer belongs to one encoding. Variable-length integers take seven bits
 * a byte, least significant first, at most five bytes (int) or nine (long).
 */
public final class WireWriter {
  private byte[] bytes;
  private int size;

  public WireWriter(int expectedSize) {
    this.bytes = new byte[Math.max(16, expectedSize)];
  }

  public int size() {
    return size;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /** Writes eight bytes, big-endian. */
  public void writeLong(long value) {
    ensure(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /** Writes a value of at least zero in one to five bytes. */
  public void writeVarInt(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("varint: " + value + " (expected: >= 0)");
    }
    writeVarLong(value);
  }

  /** Writes a value of at least zero in one to nine bytes. */
  public void writeVarLong(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("varlong: " + value + " (expected: >= 0)");
    }
    ensure(9);
    long rest = value;
    while (rest > 0x7F) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  public void writeBytes(byte[] value) {
    writeVarInt(value.length);
    writeRaw(value);
  }

  /** Writes bytes without a length in front. */
  public void writeRaw(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /** Writes text as UTF-8; a lone surrogate, for which UTF-8 has no bytes, becomes {@code ?}. */
  public void writeString(String value) {
    writeBytes(value.getBytes(UTF_8));
  }

  /** Writes a presence byte, then the text if there is one. */
  public void writeNullableString(@Nullable String value) {
    writeBoolean(value != null);
    if (value != null) {
      writeString(value);
    }
  }

  public void writeEnum(Enum<?> value) {
    writeVarInt(value.ordinal());
  }

  /** Writes the number of elements, then each of them. */
  public <T> void writeAll(Collection<T> values, BiConsumer<WireWriter, T> element) {
    writeVarInt(values.size());
    for (T value : values) {
      element.accept(this, value);
    }
  }

  /** Writes how many there are, then each in four bytes, little-endian. */
  public void writeFloats(float[] values) {
    writeVarInt(values.length);
    ensure(values.length * Float.BYTES);
    for (float value : values) {
      int bits = Float.floatToRawIntBits(value);
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        bytes[size++] = (byte) (bits >>> shift);
      }
    }
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
