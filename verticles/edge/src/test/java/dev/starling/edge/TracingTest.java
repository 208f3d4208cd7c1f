package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TraceContext;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TracingTest {

  @Test
  void traceparent_isWrittenAsTheBusWritesIt() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      TraceContext trace =
          new TraceContext(random.nextLong(), random.nextLong(), random.nextLong(), (byte) i, "");

      assertThat(Tracing.traceparent(trace).toString()).isEqualTo(trace.traceparent());
    }
  }

  @Test
  void begin_parent_isContinued() {
    Tracing tracing = new Tracing(new SplittableRandom(7), 0);
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    TraceContext trace = tracing.begin(parent, "vendor=1");

    assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(trace.state()).isEqualTo("vendor=1");
    assertThat(trace.sampled()).isTrue();
    assertThat(tracing.begin("bad", "vendor=1").state()).isEmpty();
  }

  @Test
  void begin_newTrace_isSampledAtTheRate() {
    for (double rate : new double[] {0, 0.25, 1}) {
      Tracing tracing = new Tracing(new SplittableRandom(7), rate);
      int sampled = 0;
      for (int i = 0; i < 10_000; i++) {
        sampled += tracing.begin(null, null).sampled() ? 1 : 0;
      }
      assertThat(sampled / 10_000.0).isCloseTo(rate, Offset.offset(rate % 1 == 0 ? 0 : 0.02));
    }
  }

  @Test
  void begin_parentThatIsNotSampled_staysSo() {
    Tracing tracing = new Tracing(new SplittableRandom(7), 1);

    assertThat(
            tracing
                .begin("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", null)
                .sampled())
        .isFalse();
  }

  @Test
  void requestId_good_isKept() {
    AsciiString traceparent =
        new AsciiString("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    assertThat(Tracing.requestId("Ab.9_-", traceparent).toString()).isEqualTo("Ab.9_-");
    assertThat(Tracing.requestId("a".repeat(64), traceparent).toString()).hasSize(64);
    for (String bad :
        List.of("", "a".repeat(65), "a b", "a\r\nb", "a\u0000", "é", "a/b", "\"a\"")) {
      assertThat(Tracing.requestId(bad, traceparent).toString()).isEqualTo("00f067aa0ba902b7");
    }
    assertThat(Tracing.requestId(null, traceparent).toString()).isEqualTo("00f067aa0ba902b7");
  }
}
