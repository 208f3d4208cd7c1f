package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of W3C Trace Context Level 1, section 3.2. */
class TraceContextTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  @ParameterizedTest
  @CsvSource({
    // version 00
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00, false",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, true",
    // flags that are not defined yet
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02, false",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff, true",
    // a later version, with and without more behind the flags
    "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, true",
    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be, true",
    "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-, false"
  })
  void parse_validHeader_isReadAndWrittenAsVersion00(String header, boolean sampled) {
    TraceContext trace = parse(header);

    assertThat(trace.traceId()).isEqualTo(TRACE);
    assertThat(trace.sampled()).isEqualTo(sampled);
    assertThat(trace.state()).isEmpty();
    assertThat(trace.traceparent())
        .isEqualTo("00-" + TRACE + "-" + SPAN + "-" + (sampled ? "01" : "00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "00",
        // each field too short or too long
        "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "000-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033310-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        // more behind the flags: not in version 00, and elsewhere only behind a dash
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        // forbidden version
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        // upper case and other characters
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
        "CC-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ".0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-.af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-.7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-.0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0.",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
        "00-٠af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        // other separators
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
        // ids of zeros
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"
      })
  void parse_invalidHeader_isNull(String header) {
    assertThat(TraceContext.parse(header, "congo=t61rcWkgMzE")).isNull();
  }

  @Test
  void parse_traceIdWithOneHalfZero_isValid() {
    assertThat(parse("00-0000000000000000" + SPAN + "-" + SPAN + "-00").traceHigh()).isZero();
    assertThat(parse("00-" + SPAN + "0000000000000000-" + SPAN + "-00").traceLow()).isZero();
  }

  @Test
  void parse_tracestate_isKeptUnread() {
    String state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE, not even valid";
    TraceContext trace = TraceContext.parse("00-" + TRACE + "-" + SPAN + "-01", state);

    assertThat(trace).extracting(TraceContext::state).isEqualTo(state);
  }

  @Test
  void parse_whatWasWritten_givesTheSame() {
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      TraceContext trace = TraceContext.start(random);

      assertThat(parse(trace.traceparent())).isEqualTo(trace);
      assertThat(trace.traceparent()).hasSize(55);
      assertThat(trace.sampled()).isFalse();
    }
  }

  @Test
  void child_ofATrace_changesOnlyTheSpan() {
    TraceContext trace =
        Objects.requireNonNull(TraceContext.parse("00-" + TRACE + "-" + SPAN + "-01", "a=b"));

    TraceContext child = trace.child(new Random(7));

    assertThat(child.traceId()).isEqualTo(TRACE);
    assertThat(child.span()).isNotEqualTo(trace.span()).isNotZero();
    assertThat(child.sampled()).isTrue();
    assertThat(child.state()).isEqualTo("a=b");
  }

  private static TraceContext parse(String header) {
    return Objects.requireNonNull(TraceContext.parse(header, null), header);
  }
}
