package dev.starling.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Shows that the probe finds what it is there to find. */
class CodecProbeTest {

  @Test
  void probe_goodCodec_tellsValuesFromMalformedBytes() {
    Codec<String> text = codec(WireReader::readString, (out, value) -> out.writeString(value));

    assertThat(CodecProbe.probe(text, new byte[] {1, 'a'})).isTrue();
    assertThat(CodecProbe.probe(text, new byte[] {2, 'a'})).isFalse();
  }

  @Test
  void probe_lengthTrusted_isFound() {
    Codec<byte[]> trusting =
        codec(in -> new byte[in.readVarInt()], (out, value) -> out.writeVarInt(value.length));
    WireWriter fourMegabytes = new WireWriter(8);
    fourMegabytes.writeVarInt(4 << 20);

    assertThatThrownBy(() -> CodecProbe.probe(trusting, fourMegabytes.toByteArray()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("decoding allocated 419");
  }

  @Test
  void probe_otherException_isFound() {
    byte[] table = {5, 6, 7};
    Codec<Byte> careless =
        codec(in -> table[in.readByte()], (out, value) -> out.writeByte(value - 5));

    assertThatThrownBy(() -> CodecProbe.probe(careless, new byte[] {100}))
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  @Test
  void probe_lossyRoundTrip_isFound() {
    Codec<Integer> growing =
        codec(WireReader::readVarInt, (out, value) -> out.writeVarInt(value + 1));

    assertThatThrownBy(() -> CodecProbe.probe(growing, new byte[] {1}))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a round trip changed");
  }

  private static <T> Codec<T> codec(
      Function<WireReader, T> reader, BiConsumer<WireWriter, T> writer) {
    return new Codec<>() {
      @Override
      public void encode(T value, WireWriter out) {
        writer.accept(out, value);
      }

      @Override
      public T decode(WireReader in) {
        return reader.apply(in);
      }
    };
  }
}
