package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.contract.inference.DataType;
import dev.starling.sdk.Half;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reads a tensor's elements from JSON into the layout of the binary extension. Elements stand in
 * one list, or in lists nested like the shape. Used once.
 *
 * <p>Whole numbers are exact to the last of 64 bits; what does not fit its type is refused, and so
 * is what is not finite.
 */
final class TensorReader {
  private final JsonParser json;
  private final String what;
  private final DataType type;
  private final List<Long> shape;
  private final long elements;
  private final ByteBuffer fixed;
  private final ByteArrayOutputStream variable = new ByteArrayOutputStream(0);
  private long count;

  /**
   * @param json stands at the data's beginning
   * @param what names the tensor, for messages
   * @param elements as many as the shape has; no more than the JSON has bytes
   */
  TensorReader(JsonParser json, String what, DataType type, List<Long> shape, long elements) {
    this.json = json;
    this.what = what;
    this.type = type;
    this.shape = shape;
    this.elements = elements;
    this.fixed =
        ByteBuffer.allocate(Math.toIntExact(elements * type.width()))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * @throws Unusable naming the element and what was expected
   */
  byte[] read() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Unusable(
          what + " data: " + ProtocolJson.kind(json.currentToken()) + " (expected: a list)");
    }
    list(0);
    if (count != elements) {
      throw wrongCount(count);
    }
    return type == DataType.BYTES ? variable.toByteArray() : fixed.array();
  }

  private void list(int dimension) throws IOException {
    long lists = 0;
    long values = 0;
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == JsonToken.START_ARRAY) {
        if (dimension + 1 >= shape.size()) {
          throw new Unusable(
              what
                  + " data: nested deeper than its shape "
                  + shape
                  + " (expected: "
                  + shape.size()
                  + " levels or a flat list)");
        }
        lists++;
        list(dimension + 1);
      } else {
        values++;
        // One flat list holds all, whatever the shape.
        if (dimension > 0 && dimension < shape.size() - 1) {
          throw unlikeShape();
        }
        if (count == elements) {
          throw wrongCount(count + 1);
        }
        put(token);
        count++;
      }
    }
    boolean flat = dimension == 0 && lists == 0;
    if (lists > 0 && values > 0 || !flat && lists + values != shape.get(dimension)) {
      throw unlikeShape();
    }
  }

  private Unusable unlikeShape() {
    return new Unusable(
        what + " data: not nested like its shape (expected: " + shape + " or a flat list)");
  }

  private Unusable wrongCount(long found) {
    String amount = found > elements ? "more than " + elements : Long.toString(found);
    return new Unusable(
        what
            + " data: "
            + amount
            + " elements (expected: "
            + elements
            + ", as its shape "
            + shape
            + " has)");
  }

  private void put(JsonToken token) throws IOException {
    switch (type) {
      case BOOL -> fixed.put((byte) (truth(token) ? 1 : 0));
      case UINT8 -> fixed.put((byte) whole(token, 0, 0xff));
      case UINT16 -> fixed.putShort((short) whole(token, 0, 0xffff));
      case UINT32 -> fixed.putInt((int) whole(token, 0, 0xffff_ffffL));
      case UINT64 -> fixed.putLong(unsigned(token));
      case INT8 -> fixed.put((byte) whole(token, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case INT16 -> fixed.putShort((short) whole(token, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> fixed.putInt((int) whole(token, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> fixed.putLong(whole(token, Long.MIN_VALUE, Long.MAX_VALUE));
      case FP16 -> fixed.putShort(half(token));
      case FP32 -> fixed.putFloat(single(token));
      case FP64 -> fixed.putDouble(real(token));
      case BYTES -> bytes(token);
    }
  }

  private boolean truth(JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw wrong(token, "true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private long whole(JsonToken token, long from, long to) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || json.getLongValue() < from
        || json.getLongValue() > to) {
      throw wrong(token, "a whole number, " + from + ".." + to);
    }
    return json.getLongValue();
  }

  private long unsigned(JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      String digits = json.getText();
      try {
        return Long.parseUnsignedLong(digits);
      } catch (NumberFormatException e) {
        // Too large or negative; told below.
      }
    }
    throw wrong(token, "a whole number, 0..18446744073709551615");
  }

  private short half(JsonToken token) throws IOException {
    if (!token.isNumeric() || !Half.holds(json.getDoubleValue())) {
      throw wrong(token, "a number, -65504..65504");
    }
    return (short) Half.bits(json.getDoubleValue());
  }

  private float single(JsonToken token) throws IOException {
    if (token.isNumeric()) {
      float value = json.getFloatValue();
      if (Float.isFinite(value)) {
        return value;
      }
    }
    throw wrong(token, "a number of 32 bits");
  }

  private double real(JsonToken token) throws IOException {
    if (token.isNumeric()) {
      double value = json.getDoubleValue();
      if (Double.isFinite(value)) {
        return value;
      }
    }
    throw wrong(token, "a number of 64 bits");
  }

  private void bytes(JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw wrong(token, "a text");
    }
    byte[] text = ProtocolJson.utf8(json.getText(), what + " data, element " + count);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      variable.write(text.length >>> shift);
    }
    variable.write(text, 0, text.length);
  }

  private Unusable wrong(JsonToken token, String expected) throws IOException {
    String value = token.isNumeric() ? json.getText() : ProtocolJson.kind(token);
    return new Unusable(
        what
            + " data, element "
            + count
            + ": "
            + value
            + " (expected: "
            + expected
            + ", as "
            + type
            + " is)");
  }
}
