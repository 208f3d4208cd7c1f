package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.bus.CallContext;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.openinference.InferRequest.Form;
import dev.starling.openinference.InferRequest.Output;
import dev.starling.openinference.Parsed.Bad;
import dev.starling.openinference.Parsed.Good;
import dev.starling.sdk.Half;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InferRequestReaderTest {
  private static final int MAX_JSON = 1 << 20;

  @Test
  void read_wholeRequest_takesAllThatTheProtocolHas() {
    InferRequest request =
        good(
            """
            {"id":"r-1","parameters":{"timeout":2000,"priority":2,"custom":{"a":[1]}},
             "inputs":[
               {"name":"x","shape":[2,2],"datatype":"FP32","data":[[1,2.5],[-3,4e2]]},
               {"name":"t","datatype":"BYTES","data":["Zoë",""],"shape":[2]}],
             "outputs":[{"name":"y"},{"name":"z","parameters":{"binary_data":true}}],
             "unknown":[{"nested":true}]}""");

    assertThat(request.id()).isEqualTo("r-1");
    assertThat(request.timeoutMicros()).isEqualTo(2000);
    assertThat(request.priority()).isEqualTo(2);
    assertThat(request.outputs())
        .containsExactly(new Output("y", Form.AS_THE_OTHERS), new Output("z", Form.BINARY));
    assertThat(request.isBinary("y")).isFalse();
    assertThat(request.isBinary("z")).isTrue();
    Tensor x = request.inputs().get(0);
    assertThat(x.shape()).containsExactly(2L, 2L);
    assertThat(x.data())
        .isEqualTo(littleEndian(16).putFloat(1).putFloat(2.5f).putFloat(-3).putFloat(400).array());
    Tensor t = request.inputs().get(1);
    assertThat(t.data())
        .isEqualTo(littleEndian(12).putInt(4).put("Zoë".getBytes(UTF_8)).putInt(0).array());
  }

  @Test
  void read_flatAndNestedData_areTheSame() {
    String flat = "[1,2,3,4,5,6]";
    String nested = "[[[1,2,3]],[[4,5,6]]]";

    assertThat(data("INT16", "[2,1,3]", nested)).isEqualTo(data("INT16", "[2,1,3]", flat));
  }

  @Test
  void read_dataBeforeItsType_isReadAllTheSame() {
    InferRequest request =
        good(
            """
            {"inputs":[{"data":[ [7] , [8] ],"shape":[2,1],"name":"x","datatype":"int8"}]}""");

    assertThat(request.inputs().get(0).data()).containsExactly(7, 8);
  }

  @Test
  void read_binaryInputs_areTakenInTheirOrder() {
    String head =
        """
        {"inputs":[
          {"name":"a","shape":[2],"datatype":"INT16","parameters":{"binary_data_size":4}},
          {"name":"b","shape":[1],"datatype":"BOOL","data":[true]},
          {"name":"c","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}],
         "parameters":{"binary_data_output":true}}""";
    byte[] c = littleEndian(11).putInt(3).put("abc".getBytes(UTF_8)).putInt(0).array();

    InferRequest request = good(body(head, new byte[] {1, 0, 2, 0}, c), head.length());

    assertThat(request.inputs().get(0).data()).containsExactly(1, 0, 2, 0);
    assertThat(request.inputs().get(1).data()).containsExactly(1);
    assertThat(request.inputs().get(2).data()).isEqualTo(c);
    assertThat(request.isBinary("anything")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, -128, 127",
    "INT16, -32768, 32767",
    "INT32, -2147483648, 2147483647",
    "INT64, -9223372036854775808, 9223372036854775807",
    "UINT8, 0, 255",
    "UINT16, 0, 65535",
    "UINT32, 0, 4294967295",
    "UINT64, 0, 18446744073709551615"
  })
  void read_wholeNumbersOfEachType_areExactToTheirBounds(
      String type, BigInteger least, BigInteger most) {
    byte[] data = data(type, "[2]", "[" + least + "," + most + "]");

    assertThat(json(new Tensor("x", DataType.of(type), List.of(2L), data)))
        .isEqualTo("[" + least + "," + most + "]");
    for (BigInteger beyond : List.of(least.subtract(BigInteger.ONE), most.add(BigInteger.ONE))) {
      assertThat(bad(input(type, "[1]", "[" + beyond + "]")))
          .isEqualTo(
              "inputs[0] x/data/0: %s (expected: a whole number, %s..%s, as %s is)"
                  .formatted(beyond, least, most, type));
    }
  }

  @Test
  void read_int64BeyondDoubles_staysExact() {
    assertThat(data("INT64", "[1]", "[9007199254740993]"))
        .isEqualTo(littleEndian(8).putLong(9007199254740993L).array());
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        Arguments.of("", "expected: an object"),
        Arguments.of("[]", "body: a list (expected: an object)"),
        Arguments.of("{\"inputs\":[]}", "inputs: none (expected: a list of at least one)"),
        Arguments.of("{}", "inputs: none"),
        Arguments.of("{\"inputs\":{}}", "inputs: an object (expected: a list)"),
        Arguments.of("{\"inputs\":[1]}", "inputs[0]: a number (expected: an object)"),
        Arguments.of("{\"id\":7,\"inputs\":[]}", "id: a number (expected: a text)"),
        Arguments.of("{\"inputs\":[]} {}", "something comes after it"),
        Arguments.of("{\"inputs\":[],\"inputs\":[]}", "Duplicate"),
        Arguments.of("{\"inputs\":", "body:"),
        Arguments.of("{\"parameters\":{\"timeout\":-1}}", "timeout: -1 (expected: a whole number"),
        Arguments.of("{\"parameters\":{\"priority\":1.5}}", "priority: 1.5 (expected"),
        Arguments.of("{\"parameters\":{\"sequence_id\":5}}", "models here keep no state"),
        Arguments.of(
            "{\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":3}}]}",
            "outputs[0] parameters, classification: not supported"),
        Arguments.of(
            "{\"outputs\":[{\"name\":\"y\",\"parameters\":{\"shared_memory_region\":\"r\"}}]}",
            "shared_memory_region: not supported"),
        Arguments.of("{\"outputs\":[{}]}", "outputs[0] name: none"),
        Arguments.of("{\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}]}", "y twice"),
        Arguments.of(input("FP33", "[1]", "[1]"), "datatype: FP33 (expected one of: [BOOL, UINT8"),
        Arguments.of(
            input("FP32", "[-1]", "[1]"), "shape: -1 (expected: a whole number, 0 or more)"),
        Arguments.of(input("FP32", "[1,1,1,1,1,1,1,1,1]", "[1]"), "more than 8 dimensions"),
        Arguments.of(input("FP32", "[100000,100000]", "[1]"), "at most 2147483647 elements"),
        Arguments.of(input("FP32", "[2000000000]", "[1]"), "fewer elements than its shape"),
        Arguments.of(
            input("FP32", "[2]", "[1]"),
            "x/data: a list of 1 (expected: a list of 2, as the shape [2] says)"),
        Arguments.of(input("FP32", "[1]", "[1,2]"), "x/data: a list of 2 (expected: a list of 1"),
        Arguments.of(
            input("FP32", "[2,2]", "[[1,2,3],[4]]"),
            "x/data/0: a list of 3 (expected: a list of 2"),
        Arguments.of(
            input("FP32", "[2,2]", "[[1,2],3,4]"), "x/data/1: a number (expected: a list)"),
        Arguments.of(
            input("FP32", "[2]", "[[1,2]]"), "x/data/0: a list (expected: a number of 32 bits"),
        Arguments.of(input("FP32", "[1]", "1"), "x/data: a number (expected: a list)"),
        Arguments.of(input("FP32", "[1]", "[NaN]"), "body:"),
        Arguments.of(input("FP32", "[1]", "[1e39]"), "1e39 (expected: a number of 32 bits"),
        Arguments.of(input("FP64", "[1]", "[1e309]"), "1e309 (expected: a number of 64 bits"),
        Arguments.of(input("FP16", "[1]", "[65520]"), "65520 (expected: a number, -65504..65504"),
        Arguments.of(input("INT32", "[1]", "[1.0]"), "1.0 (expected: a whole number"),
        Arguments.of(input("INT32", "[1]", "[\"1\"]"), "a text (expected: a whole number"),
        Arguments.of(input("BOOL", "[1]", "[1]"), "1 (expected: true or false, as BOOL is)"),
        Arguments.of(input("BYTES", "[1]", "[1]"), "1 (expected: a text"),
        Arguments.of(input("BYTES", "[1]", "[\"\\ud800\"]"), "a lone surrogate"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}",
            "no data (expected: either data or the parameter binary_data_size)"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1],"
                + "\"parameters\":{\"binary_data_size\":4}}]}",
            "data twice"),
        Arguments.of(
            "{\"inputs\":[{\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}",
            "inputs[0] name: none"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1]}]}", "shape: none"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"data\":[1]}]}", "datatype: none"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[2],\"datatype\":\"FP32\","
                + "\"parameters\":{\"binary_data_size\":8}}]}",
            "binary_data_size: 8 (expected: <= 0, what is left of the body)"),
        Arguments.of("[".repeat(100_000), "body:"),
        Arguments.of(
            "{\"inputs\":["
                + "{\"name\":\"x\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]},"
                    .repeat(2)
                    .replaceAll(",$", "")
                + "]}",
            "inputs: x twice"),
        Arguments.of("{\"id\":\"" + "x".repeat(1025) + "\"}", "1025 characters"));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void read_unusable_saysWhatWasExpected(String json, String expected) {
    assertThat(bad(json)).contains(expected);
  }

  @Test
  void read_binaryOfAnotherLength_saysWhatWasExpected() {
    String head =
        """
        {"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":%d}}]}""";
    assertThat(badBinary(head.formatted(4), new byte[4]))
        .contains("binary_data_size: 4 (expected: 8, 2 elements of FP32)");
    assertThat(badBinary(head.formatted(8), new byte[9]))
        .contains("1 bytes more than the inputs' binary_data_size add up to");
    assertThat(badBinary(head.formatted(8), new byte[7])).contains("(expected: <= 7");
    String text =
        """
        {"inputs":[{"name":"t","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":%d}}]}""";
    assertThat(badBinary(text.formatted(3), new byte[3])).contains("element 0: cut off");
    assertThat(badBinary(text.formatted(6), new byte[] {9, 0, 0, 0, 1, 1})).contains("cut off");
    assertThat(badBinary(text.formatted(4), new byte[] {-1, -1, -1, -1})).contains("cut off");
    assertThat(badBinary(text.formatted(8), new byte[8])).contains("2 elements (expected: 1");
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "x", "3", "999999999999"})
  void read_headLengthOutsideTheBody_isRefused(String length) {
    assertThat(InferRequestReader.read(new byte[2], length, MAX_JSON))
        .isEqualTo(
            new Bad<>(
                "inference-header-content-length: "
                    + length
                    + " (expected: 1..2, the length of the JSON in front)"));
  }

  @Test
  void read_moreJsonThanAllowed_isRefused() {
    assertThat(InferRequestReader.read(new byte[100], null, 99))
        .isInstanceOfSatisfying(
            Bad.class, bad -> assertThat(bad.detail()).contains("100 bytes (expected: <= 99"));
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void readAndWrite_randomTensors_areTheSameInJsonAndBinary(DataType type) {
    Random random = new Random(type.ordinal());
    for (int run = 0; run < 50; run++) {
      Tensor tensor = random(type, random);
      String nested = nest(json(tensor), tensor.shape());
      String input = "{\"inputs\":[{\"name\":\"x\",\"shape\":%s,\"datatype\":\"%s\",\"data\":%s}]}";
      for (String data : List.of(json(tensor), nested)) {
        InferRequest request = good(input.formatted(tensor.shape(), type, data));
        assertThat(request.inputs().get(0).data()).isEqualTo(tensor.data());
      }
      String head =
          ("{\"inputs\":[{\"name\":\"x\",\"shape\":%s,\"datatype\":\"%s\","
                  + "\"parameters\":{\"binary_data_size\":%d}}]}")
              .formatted(tensor.shape(), type, tensor.data().length);
      InferRequest request = good(body(head, tensor.data()), head.length());
      assertThat(request.inputs().get(0).data()).isEqualTo(tensor.data());
    }
  }

  @Test
  void limit_whatTheClientAsksFor_onlyTightens() {
    CallContext context =
        CallContext.expiringAt(5_000_000, TraceContext.start(new Random(1)))
            .withPriority(Priority.NORMAL);

    assertThat(asking(1_000, 3).limit(context, 0).deadlineNanos()).isEqualTo(1_000_000);
    assertThat(asking(1_000, 3).limit(context, 0).priority()).isEqualTo(Priority.SHEDDABLE);
    assertThat(asking(9_000, 1).limit(context, 0)).isEqualTo(context);
    assertThat(asking(0, 0).limit(context, 0)).isEqualTo(context);
    assertThat(asking(Long.MAX_VALUE, 2).limit(context, 0)).isEqualTo(context);
    assertThat(asking(0, 1).limit(context.withPriority(Priority.OPERATIONS), 0).priority())
        .isEqualTo(Priority.CRITICAL);
  }

  static Stream<byte[]> seeds() {
    return Stream.of(
            "{\"inputs\":[]}",
            input("FP32", "[2,2]", "[[1,2],[3,4]]"),
            input("BYTES", "[2]", "[\"a\",\"b\"]"),
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"INT8\","
                + "\"parameters\":{\"binary_data_size\":1}}]}x")
        .map(text -> text.getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_areARequestOrRefused(byte[] bytes) {
    for (int head = 1; head <= bytes.length; head += Math.max(1, bytes.length / 8)) {
      check(InferRequestReader.read(bytes, Integer.toString(head), MAX_JSON));
    }
    check(InferRequestReader.read(bytes, null, MAX_JSON));
  }

  @Test
  void read_mutatedRequests_areRequestsOrRefused() {
    Random random = new Random(3);
    for (byte[] seed : seeds().toList()) {
      for (int i = 0; i < 3000; i++) {
        byte[] mutated = seed.clone();
        for (int n = random.nextInt(3); n >= 0; n--) {
          mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
        }
        read_anyBytes_areARequestOrRefused(mutated);
      }
    }
  }

  private static void check(Parsed<InferRequest> parsed) {
    if (parsed instanceof Good<InferRequest> good) {
      for (Tensor tensor : good.value().inputs()) {
        int width = tensor.type().width();
        assertThat(width == 0 || tensor.data().length == tensor.elements() * width).isTrue();
      }
    } else {
      assertThat(((Bad<InferRequest>) parsed).detail()).contains("(expected");
    }
  }

  private static InferRequest asking(long timeoutMicros, long priority) {
    return new InferRequest("", List.of(), List.of(), false, timeoutMicros, priority);
  }

  private static Tensor random(DataType type, Random random) {
    List<Long> shape = new ArrayList<>();
    for (int rank = random.nextInt(4); rank > 0; rank--) {
      shape.add((long) random.nextInt(4));
    }
    int elements = (int) Tensor.elements(shape);
    if (type == DataType.BYTES) {
      ByteBuffer data = littleEndian(elements * 64);
      for (int i = 0; i < elements; i++) {
        byte[] text = "Zoë\"\\\n\uD83D\uDE00".substring(0, random.nextInt(4)).getBytes(UTF_8);
        data.putInt(text.length).put(text);
      }
      return new Tensor("x", type, shape, Arrays.copyOf(data.array(), data.position()));
    }
    byte[] data = new byte[elements * type.width()];
    random.nextBytes(data);
    ByteBuffer values = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      switch (type) {
        case BOOL -> data[i] &= 1;
        case FP16 -> values.putShort(2 * i, (short) Half.bits(random.nextGaussian()));
        case FP32 -> values.putFloat(4 * i, (float) (random.nextGaussian() * 1e20));
        case FP64 -> values.putDouble(8 * i, random.nextGaussian() * 1e200);
        default -> {}
      }
    }
    return new Tensor("x", type, shape, data);
  }

  /** Puts the elements of a flat list into lists that are nested like the shape. */
  private static String nest(String flat, List<Long> shape) {
    if (shape.size() < 2) {
      return flat;
    }
    List<String> elements = elements(flat);
    for (int dimension = shape.size() - 1; dimension > 0; dimension--) {
      int length = (int) (long) shape.get(dimension);
      int lists = 1;
      for (int outer = 0; outer < dimension; outer++) {
        lists *= (int) (long) shape.get(outer);
      }
      List<String> nested = new ArrayList<>();
      for (int i = 0; i < lists; i++) {
        nested.add("[" + String.join(",", elements.subList(i * length, (i + 1) * length)) + "]");
      }
      elements = nested;
    }
    return "[" + String.join(",", elements) + "]";
  }

  private static List<String> elements(String flat) {
    List<String> elements = new ArrayList<>();
    ProtocolJson.read(
        flat.getBytes(UTF_8),
        0,
        flat.getBytes(UTF_8).length,
        json -> {
          json.nextToken();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            String text = json.getText();
            elements.add(json.currentToken() == JsonToken.VALUE_STRING ? quoted(text) : text);
          }
          return true;
        });
    return elements;
  }

  private static String quoted(String text) {
    return new String(ProtocolJson.write(64, json -> json.writeString(text)), UTF_8);
  }

  private static String json(Tensor tensor) {
    return new String(ProtocolJson.write(256, json -> TensorWriter.write(tensor, json)), UTF_8);
  }

  private static String input(String type, String shape, String data) {
    return "{\"inputs\":[{\"name\":\"x\",\"shape\":%s,\"datatype\":\"%s\",\"data\":%s}]}"
        .formatted(shape, type, data);
  }

  private static byte[] data(String type, String shape, String data) {
    return good(input(type, shape, data)).inputs().get(0).data();
  }

  private static byte[] body(String head, byte[]... parts) {
    int length = head.length() + Stream.of(parts).mapToInt(part -> part.length).sum();
    ByteBuffer body = ByteBuffer.allocate(length).put(head.getBytes(UTF_8));
    for (byte[] part : parts) {
      body.put(part);
    }
    return body.array();
  }

  private static InferRequest good(String json) {
    return good(json.getBytes(UTF_8), null);
  }

  private static InferRequest good(byte[] body, @Nullable Integer head) {
    Parsed<InferRequest> parsed =
        InferRequestReader.read(body, head == null ? null : head.toString(), MAX_JSON);
    assertThat(parsed).isInstanceOf(Good.class);
    return ((Good<InferRequest>) parsed).value();
  }

  private static String bad(String json) {
    return badOf(InferRequestReader.read(json.getBytes(UTF_8), null, MAX_JSON));
  }

  private static String badBinary(String head, byte[] data) {
    return badOf(
        InferRequestReader.read(body(head, data), Integer.toString(head.length()), MAX_JSON));
  }

  private static String badOf(Parsed<InferRequest> parsed) {
    assertThat(parsed).isInstanceOf(Bad.class);
    return ((Bad<InferRequest>) parsed).detail();
  }

  private static ByteBuffer littleEndian(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
