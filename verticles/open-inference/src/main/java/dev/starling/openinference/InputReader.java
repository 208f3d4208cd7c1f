package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.TensorJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one input of a request. Its data may stand before what says how it is to be read, so the
 * place is kept and read when all is known.
 */
final class InputReader {
  private static final int NONE = -1;

  private final String what;
  private String name = "";
  private @Nullable DataType type;
  private @Nullable List<Long> shape;
  private int dataFrom = NONE;
  private int dataTo = NONE;
  private long binaryBytes = NONE;

  InputReader(String what) {
    this.what = what;
  }

  /** Reads the object that {@code json} stands at. */
  void members(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), what);
    for (String member = json.nextFieldName(); member != null; member = json.nextFieldName()) {
      json.nextToken();
      switch (member) {
        case "name" -> name = ProtocolJson.text(json, what + " name");
        case "datatype" -> type = type(json);
        case "shape" -> shape = shape(json);
        case "parameters" -> parameters(json);
        case "data" -> {
          dataFrom = (int) json.currentTokenLocation().getByteOffset();
          json.skipChildren();
          dataTo = (int) json.currentLocation().getByteOffset();
        }
        default -> json.skipChildren();
      }
    }
  }

  /** How many bytes behind the JSON are this input's. */
  int binaryBytes() {
    return (int) Math.max(0, binaryBytes);
  }

  /**
   * The tensor, once all of the JSON was read.
   *
   * @param position where in the body this input's bytes begin, if it has some
   */
  Tensor tensor(byte[] body, int position) {
    if (name.isEmpty()) {
      throw new Unusable(what + " name: none (expected: an input of the model)");
    }
    String named = what + " " + name;
    DataType known = type;
    List<Long> dimensions = shape;
    if (known == null) {
      throw new Unusable(named + " datatype: none (expected one of: " + types() + ")");
    }
    if (dimensions == null) {
      throw new Unusable(named + " shape: none (expected: a list of whole numbers)");
    }
    if (dataFrom == NONE == (binaryBytes == NONE)) {
      throw new Unusable(
          named
              + ": "
              + (dataFrom == NONE ? "no data" : "data twice")
              + " (expected: either data or the parameter binary_data_size)");
    }
    long elements = elements(named, dimensions);
    byte[] data =
        dataFrom == NONE
            ? binary(named, known, dimensions, elements, body, position)
            : json(named, known, dimensions, elements, body);
    return new Tensor(name, known, dimensions, data);
  }

  static void refuseSharedMemory(String parameter, String where) {
    if (parameter.startsWith("shared_memory")) {
      throw new Unusable(
          where + ", " + parameter + ": not supported (expected: data in the request)");
    }
  }

  private static List<DataType> types() {
    return List.of(DataType.values());
  }

  private DataType type(JsonParser json) throws IOException {
    try {
      return DataType.of(ProtocolJson.text(json, what + " datatype"));
    } catch (IllegalArgumentException e) {
      throw new Unusable(what + " " + e.getMessage());
    }
  }

  private List<Long> shape(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Unusable(
          what
              + " shape: "
              + TensorJson.kind(json.currentToken())
              + " (expected: a list of whole numbers)");
    }
    List<Long> dimensions = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (dimensions.size() == Tensor.MAX_RANK) {
        throw new Unusable(
            what + " shape: more than " + Tensor.MAX_RANK + " dimensions (expected: no more)");
      }
      dimensions.add(ProtocolJson.count(json, what + " shape"));
    }
    return dimensions;
  }

  private void parameters(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), what + " parameters");
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      if (key.equals("binary_data_size")) {
        binaryBytes = ProtocolJson.count(json, what + " parameters, binary_data_size");
      } else {
        refuseSharedMemory(key, what + " parameters");
        json.skipChildren();
      }
    }
  }

  private static long elements(String named, List<Long> dimensions) {
    try {
      return Tensor.elements(dimensions);
    } catch (IllegalArgumentException e) {
      throw new Unusable(named + " " + e.getMessage());
    }
  }

  private byte[] json(
      String named, DataType known, List<Long> dimensions, long elements, byte[] body) {
    // An element takes a character at least, so nothing is reserved for what cannot be there.
    if (elements > dataTo - dataFrom) {
      throw new Unusable(
          named
              + " data: fewer elements than its shape "
              + dimensions
              + " has (expected: "
              + elements
              + ")");
    }
    return ProtocolJson.read(
        body,
        dataFrom,
        dataTo - dataFrom,
        json -> {
          json.nextToken();
          return data(named, TensorJson.read(name, known, dimensions, json));
        });
  }

  private static byte[] data(String named, TensorJson.Reading reading) {
    if (reading instanceof TensorJson.Wrong wrong) {
      throw new Unusable(
          named + wrong.pointer() + ": " + wrong.found() + " (expected: " + wrong.expected() + ")");
    }
    return ((TensorJson.Valid) reading).tensor().data();
  }

  private byte[] binary(
      String named,
      DataType known,
      List<Long> dimensions,
      long elements,
      byte[] body,
      int position) {
    if (binaryBytes > body.length - position) {
      throw new Unusable(
          named
              + " binary_data_size: "
              + binaryBytes
              + " (expected: <= "
              + (body.length - position)
              + ", what is left of the body)");
    }
    int length = (int) binaryBytes;
    if (known != DataType.BYTES && length != elements * known.width()) {
      throw new Unusable(
          named
              + " binary_data_size: "
              + length
              + " (expected: "
              + elements * known.width()
              + ", "
              + elements
              + " elements of "
              + known
              + ")");
    }
    byte[] data = Arrays.copyOfRange(body, position, position + length);
    if (known == DataType.BYTES) {
      checkBytes(named, dimensions, elements, data);
    }
    return data;
  }

  private static void checkBytes(String named, List<Long> dimensions, long elements, byte[] data) {
    ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    long count = 0;
    while (bytes.hasRemaining()) {
      int length = bytes.remaining() < Integer.BYTES ? NONE : bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        throw new Unusable(
            named
                + " data, element "
                + count
                + ": cut off (expected: its length in four bytes, little-endian, then itself)");
      }
      bytes.position(bytes.position() + length);
      count++;
    }
    if (count != elements) {
      throw new Unusable(
          named
              + " data: "
              + count
              + " elements (expected: "
              + elements
              + ", as its shape "
              + dimensions
              + " has)");
    }
  }
}
