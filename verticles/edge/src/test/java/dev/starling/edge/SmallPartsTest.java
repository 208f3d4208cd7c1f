package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmallPartsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.b-c_d:80",
        "127.0.0.1",
        "127.0.0.1:65535",
        "[::1]",
        "[::ffff:1.2.3.4]:1",
        "a:0"
      })
  void host_good_isAnAuthority(String host) {
    assertThat(HostHeader.isAuthority(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:",
        "a:b",
        "a:65536",
        "a:123456",
        "a:1:2",
        "u@a",
        "a/b",
        "a b",
        "a,b",
        "[]",
        "[::1",
        "::1",
        "[::1]x",
        "[g]",
        "a\u0000",
        "é",
        "a\r\nb",
        "a:-1",
        "a:+1"
      })
  void host_bad_isNoAuthority(String host) {
    assertThat(HostHeader.isAuthority(host)).isFalse();
    assertThat(HostHeader.isAuthority("a".repeat(300))).isFalse();
  }

  @Test
  void traceparent_isWrittenAsTheBusWritesIt() {
    SplittableRandom random = new SplittableRandom(7);
    Tracing tracing = new Tracing(random);
    for (int i = 0; i < 100; i++) {
      TraceContext trace =
          new TraceContext(random.nextLong(), random.nextLong(), random.nextLong(), (byte) i, "");

      assertThat(tracing.traceparent(trace)).isEqualTo(trace.traceparent());
    }
  }

  @Test
  void begin_parent_isContinued() {
    Tracing tracing = new Tracing(new SplittableRandom(7));
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    TraceContext trace = tracing.begin(parent, "vendor=1");

    assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(trace.state()).isEqualTo("vendor=1");
    assertThat(trace.sampled()).isTrue();
    assertThat(tracing.begin("bad", "vendor=1").state()).isEmpty();
  }

  @Test
  void requestId_good_isKept() {
    String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    assertThat(Tracing.requestId("Ab.9_-", traceparent)).isEqualTo("Ab.9_-");
    assertThat(Tracing.requestId("a".repeat(64), traceparent)).hasSize(64);
    for (String bad :
        List.of("", "a".repeat(65), "a b", "a\r\nb", "a\u0000", "é", "a/b", "\"a\"")) {
      assertThat(Tracing.requestId(bad, traceparent)).isEqualTo("00f067aa0ba902b7");
    }
    assertThat(Tracing.requestId(null, traceparent)).isEqualTo("00f067aa0ba902b7");
  }

  @Test
  void headerText_hostile_isMadeHarmlessOrRefused() {
    assertThat(HeaderText.quotable("a\"b\\c\r\nd\u0000é~")).isEqualTo("a'b'c  d  ~");
    assertThat(HeaderText.isValue("a\tb ~")).isTrue();
    for (String bad : List.of("a\rb", "a\nb", "a\u0000b", "a\u007fb", "é")) {
      assertThat(HeaderText.isValue(bad)).isFalse();
      assertThat(HeaderText.isField("a", bad)).isFalse();
    }
    for (String bad : List.of("", "A", "a b", "a:", "a\r", "é")) {
      assertThat(HeaderText.isField(bad, "v")).isFalse();
    }
    assertThat(HeaderText.isField("x-a_1", "v")).isTrue();
  }

  @Test
  void admit_fillingLoop_keepsRoomForWhatMattersMost() {
    Admit admit = new Admit(1000);

    assertThat(admit.limit(Priority.CRITICAL)).isEqualTo(1000);
    assertThat(admit.limit(Priority.HIGH)).isEqualTo(950);
    assertThat(admit.limit(Priority.NORMAL)).isEqualTo(800);
    assertThat(admit.limit(Priority.SHEDDABLE)).isEqualTo(500);
    assertThat(new Admit(1).limit(Priority.SHEDDABLE)).isEqualTo(1);
  }

  @Test
  void overdue_sweep_endsThoseWhoseTimeIsUpInOrder() {
    List<Integer> ended = new ArrayList<>();
    OverdueList list = new OverdueList();
    Random random = new Random(11);
    List<Overdue> elements = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      Overdue element =
          new Overdue(number) {
            @Override
            void overdue() {
              ended.add(number);
            }
          };
      elements.add(element);
      list.add(element);
    }
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (random.nextBoolean()) {
        list.remove(elements.get(i));
        list.remove(elements.get(i));
      } else {
        left.add(i);
      }
    }

    list.sweep(49);
    assertThat(ended).isEqualTo(left.stream().filter(i -> i <= 49).toList());
    list.sweep(1000);
    assertThat(ended).isEqualTo(left);
    list.sweep(2000);
    assertThat(ended).isEqualTo(left);
  }

  @Test
  void overdue_elementThatRemovesAnother_disturbsNothing() {
    OverdueList list = new OverdueList();
    List<String> ended = new ArrayList<>();
    Overdue second = overdue(2, () -> ended.add("second"));
    Overdue first =
        overdue(
            1,
            () -> {
              ended.add("first");
              list.remove(second);
            });
    list.add(first);
    list.add(second);
    list.add(overdue(3, () -> ended.add("third")));

    list.sweep(10);

    assertThat(ended).containsExactly("first", "third");
  }

  private static Overdue overdue(long deadline, Runnable end) {
    return new Overdue(deadline) {
      @Override
      void overdue() {
        end.run();
      }
    };
  }
}
