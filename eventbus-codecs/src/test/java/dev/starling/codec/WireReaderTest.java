package dev.starling.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireReaderTest {

  static Stream<Arguments> readers() {
    Function<WireReader, Object> nullable = WireReader::readNullableString;
    return Stream.of(
        reader("byte", "7f", WireReader::readByte, (byte) 127),
        reader("boolean", "01", WireReader::readBoolean, true),
        reader("long", "0102030405060708", WireReader::readLong, 0x0102030405060708L),
        reader("double", "c000000000000000", WireReader::readDouble, -2.0),
        reader("varint", "ffffffff07", WireReader::readVarInt, Integer.MAX_VALUE),
        reader("varlong", "ffffffffffffffff7f", WireReader::readVarLong, Long.MAX_VALUE),
        reader("bytes", "020506", WireReader::readBytes, new byte[] {5, 6}),
        reader("raw", "0506", in -> in.readRaw(2), new byte[] {5, 6}),
        reader("string", "0661c3a9e282ac", WireReader::readString, "aé€"),
        reader("nullable", "010161", nullable, "a"),
        reader("enum", "01", in -> in.readEnum(RoundingMode.values()), RoundingMode.DOWN),
        reader("list", "0201610162", in -> in.readAll(WireReader::readString), List.of("a", "b")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readers")
  void read_whatAWriterWrote_givesTheValue(
      String name, String hex, Function<WireReader, Object> reader, Object expected) {
    WireReader in = reader(hex);

    Object value = reader.apply(in);

    assertThat(value).isEqualTo(expected);
    assertThat(in.remaining()).isZero();
    in.expectEnd();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readers")
  void read_bytesEndEarly_isMalformedWhereverTheyEnd(
      String name, String hex, Function<WireReader, Object> reader, Object expected) {
    for (int length = 0; length < hex.length() / 2; length++) {
      String part = hex.substring(0, 2 * length);
      assertThatThrownBy(() -> reader.apply(reader(part)))
          .as(part)
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void readNullableString_absent_isNull() {
    assertThat(reader("00").readNullableString()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"02", "ff", "80"})
  void readBoolean_neitherZeroNorOne_isMalformed(String hex) {
    assertThatThrownBy(() -> reader(hex).readBoolean())
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageMatching("boolean: -?\\d+ \\(expected: 0 or 1\\)");
  }

  @Test
  void readVarInt_moreThan31Bits_isMalformed() {
    assertThatThrownBy(() -> reader("8080808008").readVarInt())
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("varint: 2147483648 (expected: <= 2147483647)");
  }

  @Test
  void readVarLong_moreThanNineBytes_isMalformed() {
    assertThatThrownBy(() -> reader("ffffffffffffffffff01").readVarLong())
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("varlong: more than 9 bytes (expected: 1..9)");
  }

  @Test
  void readBytes_lengthBeyondTheEnd_isMalformedBeforeAnythingIsAllocated() {
    // Two gigabytes: that heap is not there.
    for (String name : new String[] {"bytes", "string", "list"}) {
      assertThatThrownBy(() -> readMany(name, reader("ffffffff0700")))
          .isInstanceOf(MalformedFrameException.class)
          .hasMessage("length: 2147483647 (expected: 0..1, the remaining bytes)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080", // overlong
        "c3", // cut off
        "80", // continuation without a start
        "eda080", // a surrogate
        "f4908080", // beyond U+10FFFF
        "efbfbdff" // a real replacement character, then a bad byte
      })
  void readString_notUtf8_isMalformed(String hex) {
    String message = String.format("%02x%s", hex.length() / 2, hex);

    assertThatThrownBy(() -> reader(message).readString())
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("text: not UTF-8 (expected: UTF-8)");
  }

  @Test
  void readString_replacementCharacterThatWasSent_isKept() {
    assertThat(reader("05efbfbdc3a9").readString()).isEqualTo("\uFFFDé");
  }

  @Test
  void readString_everyCodePoint_survives() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        all.appendCodePoint(c);
      }
    }
    WireWriter out = new WireWriter(0);
    out.writeString(all.toString());

    assertThat(new WireReader(out.toByteArray()).readString().contentEquals(all)).isTrue();
  }

  @Test
  void readEnum_ordinalOfANewerPeer_isMalformedAndNamesTheType() {
    assertThatThrownBy(() -> reader("08").readEnum(RoundingMode.values()))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("RoundingMode: ordinal 8 (expected: < 8)");
  }

  @Test
  void readEnum_constantsWithBodies_namesTheTypeAllTheSame() {
    assertThatThrownBy(() -> reader("07").readEnum(Sign.values()))
        .hasMessage("Sign: ordinal 7 (expected: < 1)");
  }

  @Test
  void readRaw_negativeLength_isMalformed() {
    assertThatThrownBy(() -> reader("0102").readRaw(-1))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("length: -1 (expected: 0..2, the remaining bytes)");
  }

  @Test
  void expectEnd_bytesLeft_isMalformed() {
    assertThatThrownBy(() -> reader("0102").expectEnd())
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("trailing bytes: 2 (expected: 0)");
  }

  @Test
  void reader_partOfAnArray_staysInside() {
    byte[] bytes = "xxabyy".getBytes(StandardCharsets.UTF_8);
    WireReader in = new WireReader(bytes, 2, 2);

    assertThat(in.readRaw(2)).isEqualTo(new byte[] {'a', 'b'});
    assertThatThrownBy(in::readByte).isInstanceOf(MalformedFrameException.class);
  }

  @Test
  void reader_rangeOutsideTheArray_isRefused() {
    assertThatThrownBy(() -> new WireReader(new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void malformedFrameException_raised_carriesNoStackTrace() {
    assertThat(new MalformedFrameException("x").getStackTrace()).isEmpty();
  }

  private enum Sign {
    PLUS {
      @Override
      public String toString() {
        return "+";
      }
    }
  }

  private static Object readMany(String name, WireReader in) {
    return switch (name) {
      case "bytes" -> in.readBytes();
      case "string" -> in.readString();
      default -> in.readAll(WireReader::readString);
    };
  }

  private static Arguments reader(
      String name, String hex, Function<WireReader, Object> reader, Object expected) {
    return Arguments.of(name, hex, reader, expected);
  }

  private static WireReader reader(String hex) {
    return new WireReader(HexFormat.of().parseHex(hex));
  }
}
