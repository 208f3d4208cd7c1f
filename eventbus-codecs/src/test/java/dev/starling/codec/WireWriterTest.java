package dev.starling.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireWriterTest {

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "16383, ff7f",
    "16384, 808001",
    "2147483647, ffffffff07"
  })
  void writeVarInt_eachLength_takesSevenBitsAByteLeastFirst(int value, String hex) {
    assertThat(written(out -> out.writeVarInt(value))).isEqualTo(hex);
  }

  @ParameterizedTest
  @CsvSource({"0, 00", "2147483648, 8080808008", "9223372036854775807, ffffffffffffffff7f"})
  void writeVarLong_largest_takesNineBytes(long value, String hex) {
    assertThat(written(out -> out.writeVarLong(value))).isEqualTo(hex);
  }

  @Test
  void writeVarInt_negative_namesValueAndExpectation() {
    assertThatThrownBy(() -> written(out -> out.writeVarInt(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("varint: -1 (expected: >= 0)");
    assertThatThrownBy(() -> written(out -> out.writeVarLong(Long.MIN_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("varlong: -9223372036854775808 (expected: >= 0)");
  }

  @Test
  void writeLong_anyValue_isBigEndian() {
    assertThat(written(out -> out.writeLong(0x0102030405060708L))).isEqualTo("0102030405060708");
    assertThat(written(out -> out.writeLong(-2))).isEqualTo("fffffffffffffffe");
  }

  @Test
  void writeDouble_anyValue_isItsIeee754Bits() {
    assertThat(written(out -> out.writeDouble(1.0))).isEqualTo("3ff0000000000000");
    assertThat(written(out -> out.writeDouble(-0.0))).isEqualTo("8000000000000000");
  }

  @Test
  void writeString_anyText_isItsLengthInBytesThenUtf8() {
    assertThat(written(out -> out.writeString(""))).isEqualTo("00");
    assertThat(written(out -> out.writeString("aé€"))).isEqualTo("0661c3a9e282ac");
    assertThat(written(out -> out.writeString("\uD83D\uDE00"))).isEqualTo("04f09f9880");
  }

  @Test
  void writeString_loneSurrogate_becomesAQuestionMark() {
    assertThat(written(out -> out.writeString("a\uD83D"))).isEqualTo("02613f");
  }

  @Test
  void writeNullableString_presence_isOneByteInFront() {
    assertThat(written(out -> out.writeNullableString(null))).isEqualTo("00");
    assertThat(written(out -> out.writeNullableString("a"))).isEqualTo("010161");
  }

  @Test
  void writeOthers_eachKind_hasItsShape() {
    assertThat(written(out -> out.writeBoolean(true))).isEqualTo("01");
    assertThat(written(out -> out.writeBoolean(false))).isEqualTo("00");
    assertThat(written(out -> out.writeByte(0x1FF))).isEqualTo("ff");
    assertThat(written(out -> out.writeBytes(new byte[] {5, 6}))).isEqualTo("020506");
    assertThat(written(out -> out.writeRaw(new byte[] {5, 6}))).isEqualTo("0506");
    assertThat(written(out -> out.writeEnum(TimeUnit.MICROSECONDS))).isEqualTo("01");
    assertThat(written(out -> out.writeAll(List.of("a", "b"), WireWriter::writeString)))
        .isEqualTo("0201610162");
  }

  @Test
  void toByteArray_grownPastTheExpectedSize_keepsEverything() {
    WireWriter out = new WireWriter(0);
    byte[] block = new byte[100];
    for (int i = 0; i < 100; i++) {
      block[i] = (byte) i;
    }
    for (int i = 0; i < 50; i++) {
      out.writeByte(i);
      out.writeRaw(block);
    }

    byte[] bytes = out.toByteArray();

    assertThat(out.size()).isEqualTo(50 * 101);
    assertThat(bytes).hasSize(50 * 101);
    for (int i = 0; i < 50; i++) {
      assertThat(bytes[i * 101]).isEqualTo((byte) i);
      assertThat(Arrays.copyOfRange(bytes, i * 101 + 1, (i + 1) * 101)).isEqualTo(block);
    }
  }

  private static String written(Consumer<WireWriter> writing) {
    WireWriter out = new WireWriter(0);
    writing.accept(out);
    return HexFormat.of().formatHex(out.toByteArray());
  }
}
