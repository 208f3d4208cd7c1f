package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.TensorJson.Valid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any JSON is a tensor or refused, and what was read is written and read again as the same. A
 * normal build replays the seeds; {@code ContractCodecFuzzTest} says how to search for more.
 */
class TensorJsonFuzzTest {
  private static final List<DataType> TYPES = List.of(DataType.values());

  /** A byte for the type, one for the rank, one for each dimension; then JSON. */
  static Stream<byte[]> seeds() {
    return Stream.of(
        seed(DataType.INT64, "[1,-9007199254740993]", 2),
        seed(DataType.UINT64, "[[18446744073709551615],[0]]", 2, 1),
        seed(DataType.FP16, "[65504,1e-8,-0.0]", 3),
        seed(DataType.FP32, "[[1.5,2],[3,4e10]]", 2, 2),
        seed(DataType.BYTES, "[\"\\ud83d\\ude00\",\"\\u0000\"]", 2),
        seed(DataType.BOOL, "true"),
        seed(DataType.INT8, "[[[[]]]]", 1, 1, 1, 0));
  }

  private static byte[] seed(DataType type, String json, int... shape) {
    byte[] data = json.getBytes(UTF_8);
    byte[] seed = new byte[2 + shape.length + data.length];
    seed[0] = (byte) TYPES.indexOf(type);
    seed[1] = (byte) shape.length;
    for (int i = 0; i < shape.length; i++) {
      seed[2 + i] = (byte) shape[i];
    }
    System.arraycopy(data, 0, seed, 2 + shape.length, data.length);
    return seed;
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] bytes) throws IOException {
    int rank = bytes.length < 2 ? 0 : Math.floorMod(bytes[1], Tensor.MAX_RANK + 2);
    if (bytes.length < 2 + rank) {
      return;
    }
    DataType type = TYPES.get(Math.floorMod(bytes[0], TYPES.size()));
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      shape.add((long) bytes[2 + i]);
    }
    JsonNode data;
    try {
      data = Json.MAPPER.readTree(Arrays.copyOfRange(bytes, 2 + rank, bytes.length));
    } catch (IOException noJson) {
      return;
    }
    if (TensorJson.read("x", type, shape, data) instanceof Valid valid) {
      Tensor tensor = valid.tensor();
      JsonNode written = Json.MAPPER.readTree(TensorJsonTest.written(tensor));
      Valid again = (Valid) TensorJson.read("x", type, shape, written);
      assertThat(again.tensor().data()).isEqualTo(tensor.data());
    }
  }
}
