package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;

/** Writes a tensor's elements as JSON, in one flat list. */
final class TensorWriter {
  private TensorWriter() {}

  /**
   * @throws Unusable for elements that JSON has no words for, which a client can ask for as binary
   */
  static void write(Tensor tensor, JsonGenerator json) throws IOException {
    DataType type = tensor.type();
    ByteBuffer data = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
    json.writeStartArray();
    while (data.hasRemaining()) {
      switch (type) {
        case BOOL -> json.writeBoolean(data.get() != 0);
        case UINT8 -> json.writeNumber(data.get() & 0xff);
        case UINT16 -> json.writeNumber(data.getShort() & 0xffff);
        case UINT32 -> json.writeNumber(data.getInt() & 0xffff_ffffL);
        case UINT64 -> unsigned(data.getLong(), json);
        case INT8 -> json.writeNumber((int) data.get());
        case INT16 -> json.writeNumber((int) data.getShort());
        case INT32 -> json.writeNumber(data.getInt());
        case INT64 -> json.writeNumber(data.getLong());
        case FP16 -> real(tensor, Half.toFloat(data.getShort()), json);
        case FP32 -> real(tensor, data.getFloat(), json);
        case FP64 -> real(tensor, data.getDouble(), json);
        case BYTES -> text(tensor, data, json);
      }
    }
    json.writeEndArray();
  }

  private static void unsigned(long value, JsonGenerator json) throws IOException {
    if (value >= 0) {
      json.writeNumber(value);
    } else {
      json.writeNumber(Long.toUnsignedString(value));
    }
  }

  private static void real(Tensor tensor, float value, JsonGenerator json) throws IOException {
    if (!Float.isFinite(value)) {
      throw notInJson(tensor, Float.toString(value));
    }
    json.writeNumber(value);
  }

  private static void real(Tensor tensor, double value, JsonGenerator json) throws IOException {
    if (!Double.isFinite(value)) {
      throw notInJson(tensor, Double.toString(value));
    }
    json.writeNumber(value);
  }

  private static void text(Tensor tensor, ByteBuffer data, JsonGenerator json) throws IOException {
    int length = data.getInt();
    ByteBuffer element = data.slice().limit(length);
    data.position(data.position() + length);
    try {
      json.writeString(UTF_8.newDecoder().decode(element).toString());
    } catch (CharacterCodingException e) {
      throw notInJson(tensor, "an element that is not UTF-8");
    }
  }

  private static Unusable notInJson(Tensor tensor, String value) {
    return new Unusable(
        "output "
            + tensor.name()
            + ": "
            + value
            + " cannot be written as JSON (expected: binary_data true, for this answer)");
  }
}
