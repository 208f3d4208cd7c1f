package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.TensorJson.Reading;
import dev.starling.sdk.TensorJson.Valid;
import dev.starling.sdk.TensorJson.Wrong;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOL   | [true,false]                              | 0100",
        "UINT8  | [0,255]                                   | 00ff",
        "UINT16 | [1,65535]                                 | 0100ffff",
        "UINT32 | [1,4294967295]                            | 01000000ffffffff",
        "UINT64 | [9007199254740993,18446744073709551615]   | 0100000000002000ffffffffffffffff",
        "INT8   | [-128,127]                                | 807f",
        "INT16  | [-2,258]                                  | feff0201",
        "INT32  | [-1,16909060]                             | ffffffff04030201",
        "INT64  | [-9223372036854775808,9007199254740993]   | 00000000000000800100000000002000",
        "FP16   | [1.0,-65504.0]                            | 003cfffb",
        "FP32   | [1.0,-0.1]                                | 0000803fcdccccbd",
        "FP64   | [0.1,-0.0]                                | 9a9999999999b93f0000000000000080",
        "BYTES  | ['a','Zoë']                               | 0100000061040000005a6fc3ab"
      })
  void read_eachType_givesLittleEndianBytesThatAreWrittenAsTheyCame(
      DataType type, String json, String hex) throws IOException {
    String data = json.replace('\'', '"');

    Tensor tensor = valid(read(type, List.of(2L), data));
    assertThat(valid(stream(type, List.of(2L), data)).data()).isEqualTo(tensor.data());

    assertThat(HexFormat.of().formatHex(tensor.data())).isEqualTo(hex);
    assertThat(tensor.name()).isEqualTo("x");
    assertThat(written(tensor)).isEqualTo(data);
  }

  @Test
  void read_nestedAndFlat_areTheSame() {
    Tensor flat = valid(read(DataType.INT8, List.of(2L, 3L), "[1,2,3,4,5,6]"));
    Tensor nested = valid(read(DataType.INT8, List.of(2L, 3L), "[[1,2,3],[4,5,6]]"));

    assertThat(nested.data()).isEqualTo(flat.data()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void read_scalar_needsNoArray() {
    assertThat(valid(read(DataType.INT8, List.of(), "7")).data()).containsExactly(7);
    assertThat(valid(read(DataType.INT8, List.of(), "[7]")).data()).containsExactly(7);
  }

  @Test
  void read_noElements_isEmpty() {
    assertThat(valid(read(DataType.FP32, List.of(0L), "[]")).data()).isEmpty();
    assertThat(valid(read(DataType.FP32, List.of(2L, 0L), "[[],[]]")).data()).isEmpty();
  }

  @Test
  void read_integersForAFloatingType_areTaken() {
    assertThat(valid(read(DataType.FP32, List.of(1L), "[1]")).data())
        .containsExactly(0, 0, 128, 63);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UINT8  | [1,256]                  | 256 | a whole number, 0..255",
        "UINT8  | [1,-1]                   | -1 | a whole number, 0..255",
        "INT8   | [1,1.0]                  | 1.0 | a whole number, -128..127",
        "INT8   | [1,'1']                  | a text | a whole number, -128..127",
        "INT64  | [1,9223372036854775808]  | 9223372036854775808 | a whole number, -9223372036854775808..9223372036854775807",
        "UINT64 | [1,18446744073709551616] | 18446744073709551616 | a whole number, 0..18446744073709551615",
        "FP16   | [1,65520]                | 65520 | a number, -65504..65504",
        "FP32   | [1,1e39]                 | 1e39 | a number of 32 bits",
        "FP64   | [1,1e400]                | 1e400 | a number of 64 bits",
        "FP32   | [1,null]                 | null | a number of 32 bits",
        "FP32   | [1,true]                 | a truth value | a number of 32 bits",
        "FP32   | [1,[2]]                  | a list | a number of 32 bits",
        "BOOL   | [true,1]                 | 1 | true or false",
        "BYTES  | ['a',1]                  | 1 | a text",
        "BYTES  | ['a','\\ud800']          | a lone surrogate | Unicode text"
      })
  void read_elementThatTheTypeCannotHold_isRefusedWithItsPlace(
      DataType type, String json, String found, String expected) {
    String data = json.replace('\'', '"');
    Wrong wrong = new Wrong("/data/1", found, expected + ", as " + type + " is");

    assertThat(stream(type, List.of(2L), data)).isEqualTo(wrong);
    assertThat(read(type, List.of(2L), data))
        // A tree has no numbers as they were written.
        .usingRecursiveComparison()
        .ignoringFields(json.contains("e") && json.contains("1e") ? "found" : "none")
        .isEqualTo(wrong);
  }

  @Test
  void read_countThatIsNotTheShapes_isRefused() {
    assertWrong(List.of(2L, 2L), "[1,2,3]", "/data", "a list of 3", "a list of 4");
    assertWrong(List.of(2L, 2L), "[1,2,3,4,5,[6]]", "/data", "a list of 6", "a list of 4");
    assertWrong(List.of(2L, 2L), "[[1,2],[3]]", "/data/1", "a list of 1", "a list of 2");
    assertWrong(List.of(2L, 2L), "[[1,2,3],[4]]", "/data/0", "a list of 3", "a list of 2");
    assertWrong(List.of(2L, 2L), "[[1,2],3]", "/data/1", "a number", "a list");
    assertWrong(List.of(1L, 1L), "[[[1]]]", "/data/0/0", "a list", "a whole number, -128..127");
    assertWrong(List.of(1L), "1", "/data", "a number", "a list");
    assertWrong(List.of(2147483647L), "[1]", "/data", "a list of 1", "a list of 2147483647");
  }

  private static void assertWrong(
      List<Long> shape, String json, String pointer, String found, String expected) {
    for (Reading reading :
        List.of(read(DataType.INT8, shape, json), stream(DataType.INT8, shape, json))) {
      assertThat(reading)
          .isInstanceOfSatisfying(
              Wrong.class,
              wrong -> {
                assertThat(wrong.pointer()).isEqualTo(pointer);
                assertThat(wrong.found()).isEqualTo(found);
                assertThat(wrong.expected()).startsWith(expected);
              });
    }
  }

  @Test
  void read_manyElements_areAllThere() {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < 1_000; i++) {
      json.append(i == 0 ? "" : ",").append(i);
    }
    byte[] data =
        valid(stream(DataType.INT16, List.of(1_000L), json.append("]").toString())).data();

    assertThat(data).hasSize(2_000);
    assertThat(data[2 * 999]).isEqualTo((byte) 999);
    assertThat(data[2 * 999 + 1]).isEqualTo((byte) (999 >> 8));
  }

  @Test
  void read_shapeThatNoTensorHas_isRefused() {
    assertThat(read(DataType.INT8, List.of(-1L), "[1]"))
        .isInstanceOfSatisfying(
            Wrong.class, wrong -> assertThat(wrong.pointer()).isEqualTo("/shape"));
    assertThat(read(DataType.INT8, List.of(65536L, 65536L), "[1]")).isInstanceOf(Wrong.class);
  }

  @Test
  void writeData_whatJsonCannotSay_isRefusedNamingTheElement() {
    assertUnwritable(DataType.FP32, "0000803f0000c07f", "x: element 1 is NaN (expected: a finite");
    assertUnwritable(DataType.FP16, "003c007c", "x: element 1 is Infinity (expected: a finite");
    assertUnwritable(DataType.BYTES, "000000000100000080", "x: element 1 is not UTF-8");
    assertUnwritable(DataType.BYTES, "00000000ffffff7f", "x: element 1 cut off");
    assertUnwritable(DataType.BYTES, "000000000000000000", "x: 1 bytes after the last element");
    assertUnwritable(DataType.INT16, "0100", "x: 2 bytes (expected: 4 bytes");
  }

  private static void assertUnwritable(DataType type, String hex, String message) {
    Tensor tensor = new Tensor("x", type, List.of(2L), HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> written(tensor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static Tensor valid(Reading reading) {
    assertThat(reading).isInstanceOf(Valid.class);
    return ((Valid) reading).tensor();
  }

  private static Reading read(DataType type, List<Long> shape, String json) {
    try {
      JsonNode data = Json.MAPPER.readTree(json);
      return TensorJson.read("x", type, shape, data);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  private static Reading stream(DataType type, List<Long> shape, String json) {
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      parser.nextToken();
      return TensorJson.read("x", type, shape, parser);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  static String written(Tensor tensor) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = Json.MAPPER.createGenerator(text)) {
      TensorJson.writeData(tensor, out);
    }
    return text.toString();
  }
}
