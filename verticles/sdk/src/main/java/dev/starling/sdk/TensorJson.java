package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
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
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private TensorJson() {}

  /** What reading gives. */
  public sealed interface Reading {}

  public record Valid(Tensor tensor) implements Reading {}

  /**
   * What is wrong at the first place where something is.
   *
   * @param pointer from the tensor on, e.g. {@code /data/0/2}
   * @param found e.g. {@code 256}
   * @param expected e.g. {@code a whole number, 0..255, as UINT8 is}
   */
  public record Wrong(String pointer, String found, String expected) implements Reading {}

  /** Reads a tensor from a tree. */
  public static Reading read(String name, DataType type, List<Long> shape, JsonNode data) {
    try (JsonParser json = data.traverse()) {
      json.nextToken();
      return read(name, type, shape, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // from memory: never
    }
  }

  /**
   * Reads a tensor as it comes.
   *
   * @param json stands at the first token of the data; afterwards at its last, or in the middle
   *     when something is wrong
   */
  public static Reading read(String name, DataType type, List<Long> shape, JsonParser json)
      throws IOException {
    TensorReader reader;
    try {
      reader = new TensorReader(json, type, shape);
    } catch (IllegalArgumentException e) {
      return new Wrong("/shape", shape.toString(), "one of a tensor: " + e.getMessage());
    }
    Wrong wrong = reader.read();
    return wrong != null ? wrong : new Valid(new Tensor(name, type, shape, reader.bytes()));
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

  /** What a token begins, for messages. */
  public static String kind(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      case VALUE_NULL -> "null";
      default -> "nothing";
    };
  }
}
