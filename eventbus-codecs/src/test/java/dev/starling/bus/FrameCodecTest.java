package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.codec.Mutations;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FrameCodecTest {
  private final FrameFormat format = FrameSamples.format();
  private final FrameCodec<Frame> codec = new FrameCodec<>("q", format);

  @Test
  void decodeFromWire_encodedFrame_isFoundBehindOtherBytes() {
    for (Frame frame : FrameSamples.all().values()) {
      Buffer buffer = Buffer.buffer("what Vert.x wrote before");
      int position = buffer.length();
      codec.encodeToWire(buffer, frame);

      Frame decoded = codec.decodeFromWire(position, buffer);

      assertThat(format.toBytes(decoded)).isEqualTo(format.toBytes(frame));
    }
  }

  @Test
  void encodeToWire_eachFrame_isItsLengthInFourBytesThenTheFrame() {
    Buffer buffer = Buffer.buffer();
    codec.encodeToWire(buffer, FrameSamples.REQUEST);

    byte[] bytes = format.toBytes(FrameSamples.REQUEST);
    assertThat(buffer.length()).isEqualTo(4 + bytes.length);
    assertThat(buffer.getInt(0)).isEqualTo(bytes.length);
    assertThat(buffer.getBytes(4, buffer.length())).isEqualTo(bytes);
  }

  @Test
  void decodeFromWire_lengthThatIsNotThere_isMalformed() {
    assertMalformed(Buffer.buffer(), "frame length: -1 (expected: 0..0)");
    assertMalformed(Buffer.buffer(new byte[3]), "frame length: -1 (expected: 0..0)");
    assertMalformed(Buffer.buffer().appendInt(1), "frame length: 1 (expected: 0..0)");
    assertMalformed(
        Buffer.buffer().appendInt(-5).appendInt(0), "frame length: -5 (expected: 0..4)");
    assertMalformed(
        Buffer.buffer().appendInt(Integer.MAX_VALUE).appendInt(0),
        "frame length: 2147483647 (expected: 0..4)");
  }

  @Test
  void decodeFromWire_bytesBehindTheFrame_isMalformed() {
    byte[] bytes = format.toBytes(FrameSamples.REQUEST);
    Buffer buffer =
        Buffer.buffer().appendInt(bytes.length + 1).appendBytes(bytes).appendByte((byte) 0);

    assertMalformed(buffer, "trailing bytes: 1 (expected: 0)");
  }

  @Test
  void decodeFromWire_noise_neverThrows() {
    Random random = new Random(5);
    Mutations mutations = new Mutations(5, FrameSamples.bytes());
    int malformed = 0;
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = mutations.next();
      Buffer buffer = Buffer.buffer();
      if (random.nextInt(4) > 0) {
        buffer.appendInt(bytes.length);
      }
      buffer.appendBytes(bytes);

      malformed += codec.decodeFromWire(0, buffer) instanceof Frame.Malformed ? 1 : 0;
    }

    assertThat(malformed).isBetween(1, 4999);
  }

  @Test
  void transform_localHop_passesTheFrameItself() {
    assertThat(codec.transform(FrameSamples.REQUEST)).isSameAs(FrameSamples.REQUEST);
  }

  @Test
  void codec_nameAndId_arePinned() {
    assertThat(codec.name()).isEqualTo("q");
    assertThat(codec.systemCodecID()).isEqualTo((byte) -1);
  }

  private void assertMalformed(Buffer buffer, String reason) {
    assertThat(codec.decodeFromWire(0, buffer)).isEqualTo(new Frame.Malformed(reason));
  }
}
