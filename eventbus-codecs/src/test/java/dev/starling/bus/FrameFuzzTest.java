package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.starling.codec.CodecProbe;
import dev.starling.codec.GoldenBytes;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes from outside is read or refused; see {@code ContractCodecFuzzTest} for how. */
class FrameFuzzTest {
  private final FrameFormat format = FrameSamples.format();
  private final FrameCodec<Frame> codec = new FrameCodec<>("q", format);

  static List<byte[]> frames() {
    List<byte[]> frames = new ArrayList<>(FrameSamples.bytes());
    frames.add(GoldenBytes.wireV1().read("frame-request-extended"));
    return frames;
  }

  static List<byte[]> framesOnTheWire() {
    return frames().stream()
        .map(bytes -> Buffer.buffer().appendInt(bytes.length).appendBytes(bytes).getBytes())
        .toList();
  }

  static Stream<byte[]> headers() {
    return Stream.of(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later")
        .map(header -> header.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("frames")
  @FuzzTest
  void frame(byte[] bytes) {
    CodecProbe.probe(format, bytes);
  }

  static Stream<byte[]> openings() {
    return Stream.of(
        Note.STREAM.opening().request().toBytes(FrameSamples.OPEN),
        Note.STREAM.opening().reply().toBytes(FrameSamples.ACCEPTED),
        Note.STREAM.opening().reply().toBytes(FrameSamples.DECLINED));
  }

  @MethodSource("openings")
  @FuzzTest
  void openRequest(byte[] bytes) {
    CodecProbe.probe(Note.STREAM.opening().request(), bytes);
  }

  @MethodSource("openings")
  @FuzzTest
  void openReply(byte[] bytes) {
    CodecProbe.probe(Note.STREAM.opening().reply(), bytes);
  }

  @MethodSource("framesOnTheWire")
  @FuzzTest
  void frameOnTheWire(byte[] bytes) {
    Frame frame = codec.decodeFromWire(0, Buffer.buffer(bytes));

    if (!(frame instanceof Frame.Malformed)) {
      Buffer written = Buffer.buffer();
      codec.encodeToWire(written, frame);
      assertThat(codec.decodeFromWire(0, written)).hasSameClassAs(frame);
    }
  }

  @MethodSource("headers")
  @FuzzTest
  void traceparent(byte[] bytes) {
    TraceContext trace = TraceContext.parse(new String(bytes, StandardCharsets.UTF_8), null);

    if (trace != null) {
      assertThat(TraceContext.parse(trace.traceparent(), "")).isEqualTo(trace);
    }
  }
}
