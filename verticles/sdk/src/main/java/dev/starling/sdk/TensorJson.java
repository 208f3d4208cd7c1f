package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of tensors as the Open Inference Protocol has it in JSON: an array of all elements in
 * row-major order, or arrays in arrays that follow the shape.
 *
 * <p>Numbers are taken only if the type can hold them: integers without a fraction and in range,
 * others if they are finite once rounded to the nearest. {@code BYTES} are texts, in UTF-8.
 *
 * <p>Thread-safe, without state. Nothing is allocated for elements that are not there.
 */
public final class TensorJson {
  private static final int TEXT_LENGTH = 4;
  private static final int BITS = 8;
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private TensorJson() {}

  /** What reading gives. */
  public sealed interface Reading {}

  public record Valid(Tensor tensor) implements Reading {}

  /**
   * What is wrong at the first place where something is.
   *
   * @param pointer from the tensor on, e.g. {@code /data/0/2}
   * @param expectation goes on from there, e.g. {@code must be an integer of 0..255}
   */
  public record Wrong(String pointer, String expectation) implements Reading {}

  /** Reads a tensor. */
  public static Reading read(String name, DataType type, List<Long> shape, JsonNode data) {
    long elements;
    try {
      elements = Tensor.elements(shape);
    } catch (IllegalArgumentException e) {
      return new Wrong("/shape", "must be one of a tensor (" + e.getMessage() + ")");
    }
    Source source = new Source(type, shape);
    // A single element is the only one without an array around it; arrays in arrays are nested.
    boolean nested = !data.isArray() || (data.path(0).isArray() && shape.size() > 1);
    Wrong wrong = nested ? source.nested(data, 0, "/data") : source.flat(data, elements, "/data");
    return wrong != null
        ? wrong
        : new Valid(new Tensor(name, type, shape, source.bytes.toByteArray()));
  }

  /**
   * Writes the elements of a tensor as one array, row-major.
   *
   * @throws IllegalArgumentException when they cannot be said in JSON, such as NaN or bytes that
   *     are no UTF-8, or are not as many as the shape says
   */
  public static void writeData(Tensor tensor, JsonGenerator out) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
    long elements = tensor.elements();
    int width = tensor.type().width();
    if (width > 0 && bytes.remaining() != elements * width) {
      throw unwritable(tensor, bytes.remaining() + " bytes", elements * width + " bytes");
    }
    out.writeStartArray();
    for (long i = 0; i < elements; i++) {
      write(tensor, bytes, i, out);
    }
    if (bytes.hasRemaining()) {
      throw unwritable(tensor, bytes.remaining() + " bytes after the last element", "none");
    }
    out.writeEndArray();
  }

  private static void write(Tensor tensor, ByteBuffer bytes, long index, JsonGenerator out)
      throws IOException {
    switch (tensor.type()) {
      case BOOL -> out.writeBoolean(bytes.get() != 0);
      case UINT8 -> out.writeNumber(Byte.toUnsignedInt(bytes.get()));
      case UINT16 -> out.writeNumber(Short.toUnsignedInt(bytes.getShort()));
      case UINT32 -> out.writeNumber(Integer.toUnsignedLong(bytes.getInt()));
      case UINT64 -> {
        long value = bytes.getLong();
        if (value < 0) {
          out.writeNumber(BigInteger.valueOf(value).add(TWO_TO_64));
        } else {
          out.writeNumber(value);
        }
      }
      case INT8 -> out.writeNumber((int) bytes.get());
      case INT16 -> out.writeNumber((int) bytes.getShort());
      case INT32 -> out.writeNumber(bytes.getInt());
      case INT64 -> out.writeNumber(bytes.getLong());
      case FP16 -> out.writeNumber(finite(tensor, index, Half.value(bytes.getShort())));
      case FP32 -> out.writeNumber(finite(tensor, index, bytes.getFloat()));
      case FP64 -> {
        double value = bytes.getDouble();
        if (!Double.isFinite(value)) {
          throw notFinite(tensor, index, value);
        }
        out.writeNumber(value);
      }
      case BYTES -> out.writeString(text(tensor, index, bytes));
    }
  }

  private static float finite(Tensor tensor, long index, float value) {
    if (!Float.isFinite(value)) {
      throw notFinite(tensor, index, value);
    }
    return value;
  }

  private static String text(Tensor tensor, long index, ByteBuffer bytes) {
    int length = bytes.remaining() < TEXT_LENGTH ? -1 : bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw unwritable(tensor, "element " + index + " cut off", "a length and as many bytes");
    }
    ByteBuffer own = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    try {
      return UTF_8.newDecoder().decode(own).toString();
    } catch (CharacterCodingException e) {
      throw unwritable(tensor, "element " + index + " is not UTF-8", "text");
    }
  }

  private static IllegalArgumentException notFinite(Tensor tensor, long index, double value) {
    return unwritable(tensor, "element " + index + " is " + value, "a finite number");
  }

  private static IllegalArgumentException unwritable(Tensor tensor, String found, String expected) {
    return new IllegalArgumentException(
        "%s: %s (expected: %s, to be written as JSON)".formatted(tensor.name(), found, expected));
  }

  /** The elements of one tensor as they are read; used once. */
  private static final class Source {
    private final DataType type;
    private final List<Long> shape;
    private final BigInteger least;
    private final BigInteger most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Source(DataType type, List<Long> shape) {
      this.type = type;
      this.shape = shape;
      boolean signed = type.name().startsWith("I");
      int bits = Math.max(1, BITS * type.width()) - (signed ? 1 : 0);
      BigInteger beyond = BigInteger.ONE.shiftLeft(bits);
      this.most = beyond.subtract(BigInteger.ONE);
      this.least = signed ? beyond.negate() : BigInteger.ZERO;
    }

    @Nullable Wrong flat(JsonNode data, long elements, String pointer) {
      if (data.size() != elements) {
        return new Wrong(
            pointer,
            "must have %d elements, as the shape %s says (it has %d)"
                .formatted(elements, shape, data.size()));
      }
      for (int i = 0; i < data.size(); i++) {
        String expected = element(data.get(i));
        if (expected != null) {
          return new Wrong(pointer + "/" + i, "must be " + expected);
        }
      }
      return null;
    }

    /** As deep as a shape may be, which is little. */
    @Nullable Wrong nested(JsonNode data, int depth, String pointer) {
      if (depth == shape.size()) {
        String expected = element(data);
        return expected == null ? null : new Wrong(pointer, "must be " + expected);
      }
      if (!data.isArray()) {
        return new Wrong(pointer, "must be an array");
      }
      if (data.size() != shape.get(depth)) {
        return new Wrong(
            pointer,
            "must have %d elements, as the shape %s says (it has %d)"
                .formatted(shape.get(depth), shape, data.size()));
      }
      for (int i = 0; i < data.size(); i++) {
        Wrong wrong = nested(data.get(i), depth + 1, pointer + "/" + i);
        if (wrong != null) {
          return wrong;
        }
      }
      return null;
    }

    /** Takes one; gives what was expected if it is something else. */
    private @Nullable String element(JsonNode node) {
      return switch (type) {
        case BOOL -> bool(node);
        case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> integer(node);
        case FP16, FP32, FP64 -> number(node);
        case BYTES -> text(node);
      };
    }

    private @Nullable String bool(JsonNode node) {
      if (!node.isBoolean()) {
        return "true or false";
      }
      bytes.write(node.booleanValue() ? 1 : 0);
      return null;
    }

    private @Nullable String integer(JsonNode node) {
      if (!node.isIntegralNumber()
          || node.bigIntegerValue().compareTo(least) < 0
          || node.bigIntegerValue().compareTo(most) > 0) {
        return "an integer of " + least + ".." + most;
      }
      littleEndian(node.bigIntegerValue().longValue(), type.width());
      return null;
    }

    private @Nullable String number(JsonNode node) {
      double value = node.doubleValue();
      boolean fits =
          switch (type) {
            case FP16 -> Half.holds(value);
            case FP32 -> Float.isFinite((float) value);
            default -> Double.isFinite(value);
          };
      if (!node.isNumber() || !fits) {
        return "a number that " + type + " can hold";
      }
      littleEndian(
          switch (type) {
            case FP16 -> Half.bits(value);
            case FP32 -> Float.floatToRawIntBits((float) value);
            default -> Double.doubleToRawLongBits(value);
          },
          type.width());
      return null;
    }

    private @Nullable String text(JsonNode node) {
      if (!node.isTextual() || !UTF_8.newEncoder().canEncode(node.textValue())) {
        return "a string of Unicode text without lone surrogates";
      }
      byte[] utf8 = node.textValue().getBytes(UTF_8);
      littleEndian(utf8.length, TEXT_LENGTH);
      bytes.writeBytes(utf8);
      return null;
    }

    private void littleEndian(long value, int width) {
      for (int i = 0; i < width; i++) {
        bytes.write((int) (value >>> (BITS * i)));
      }
    }
  }
}
