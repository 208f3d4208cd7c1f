package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
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
        "UINT8  | [1,256]                       | must be an integer of 0..255",
        "UINT8  | [1,-1]                        | must be an integer of 0..255",
        "INT8   | [1,1.0]                       | must be an integer of -128..127",
        "INT8   | [1,'1']                       | must be an integer of -128..127",
        "INT64  | [1,9223372036854775808]       | must be an integer of -9223372036854775808..9223372036854775807",
        "UINT64 | [1,18446744073709551616]      | must be an integer of 0..18446744073709551615",
        "FP16   | [1,65520]                     | must be a number that FP16 can hold",
        "FP32   | [1,1e39]                      | must be a number that FP32 can hold",
        "FP64   | [1,1e400]                     | must be a number that FP64 can hold",
        "FP32   | [1,null]                      | must be a number that FP32 can hold",
        "FP32   | [1,true]                      | must be a number that FP32 can hold",
        "BOOL   | [true,1]                      | must be true or false",
        "BYTES  | ['a',1]                       | must be a string of Unicode text without lone surrogates",
        "BYTES  | ['a','\\ud800']               | must be a string of Unicode text without lone surrogates"
      })
  void read_elementThatTheTypeCannotHold_isRefusedWithItsPlace(
      DataType type, String json, String expectation) {
    assertThat(read(type, List.of(2L), json.replace('\'', '"')))
        .isEqualTo(new Wrong("/data/1", expectation));
  }

  @Test
  void read_countThatIsNotTheShapes_isRefused() {
    assertThat(read(DataType.INT8, List.of(2L, 2L), "[1,2,3]"))
        .isEqualTo(new Wrong("/data", "must have 4 elements, as the shape [2, 2] says (it has 3)"));
    assertThat(read(DataType.INT8, List.of(2L, 2L), "[[1,2],[3]]"))
        .isEqualTo(
            new Wrong("/data/1", "must have 2 elements, as the shape [2, 2] says (it has 1)"));
    assertThat(read(DataType.INT8, List.of(2L, 2L), "[[1,2],3]"))
        .isEqualTo(new Wrong("/data/1", "must be an array"));
    assertThat(read(DataType.INT8, List.of(1L, 1L), "[[[1]]]"))
        .isEqualTo(new Wrong("/data/0/0", "must be an integer of -128..127"));
    assertThat(read(DataType.INT8, List.of(1L), "1"))
        .isEqualTo(new Wrong("/data", "must be an array"));
    assertThat(read(DataType.INT8, List.of(2147483647L), "[1]"))
        .isEqualTo(
            new Wrong(
                "/data",
                "must have 2147483647 elements, as the shape [2147483647] says (it has 1)"));
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

  static String written(Tensor tensor) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = Json.MAPPER.createGenerator(text)) {
      TensorJson.writeData(tensor, out);
    }
    return text.toString();
  }
}
