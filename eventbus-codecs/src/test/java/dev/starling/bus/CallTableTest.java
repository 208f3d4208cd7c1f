package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallTableTest {
  private final CallTable<String> table = new CallTable<>(1000);

  @Test
  void finish_begunCall_givesItOnce() {
    long correlation = table.begin("a");

    assertThat(table.inFlight()).isEqualTo(1);
    assertThat(table.finish(correlation)).isEqualTo("a");
    assertThat(table.finish(correlation)).isNull();
    assertThat(table.inFlight()).isZero();
  }

  @Test
  void finish_lateReply_doesNotEndTheCallThatReusesTheSlot() {
    long first = table.begin("a");
    table.finish(first);
    long second = table.begin("b");

    assertThat((int) second).as("slot").isEqualTo((int) first);
    assertThat(second).isNotEqualTo(first);
    assertThat(table.finish(first)).isNull();
    assertThat(table.inFlight()).isEqualTo(1);
    assertThat(table.finish(second)).isEqualTo("b");
  }

  @Test
  void begin_slotUsedOften_neverRepeatsACorrelation() {
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      long correlation = table.begin("a");
      assertThat(correlation).isNotNegative();
      assertThat(seen.add(correlation)).isTrue();
      table.finish(correlation);
    }
  }

  @Test
  void finish_correlationThatNeverWas_isNull() {
    table.begin("a");

    for (long correlation :
        new long[] {
          1, 63, 64, 1_000_000, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 0xFFFF_FFFFL, 1L << 63
        }) {
      assertThat(table.finish(correlation)).as("%x", correlation).isNull();
    }
    assertThat(table.inFlight()).isEqualTo(1);
  }

  @Test
  void begin_limitReached_isRefusedUntilOneEnds() {
    for (int limit : new int[] {1, 63, 64, 65, 100, 200}) {
      CallTable<Integer> bounded = new CallTable<>(limit);
      List<Long> correlations = new ArrayList<>();
      for (int i = 0; i < limit; i++) {
        correlations.add(bounded.begin(i));
      }

      assertThat(bounded.begin(-1)).as("limit %d", limit).isEqualTo(-1);
      assertThat(bounded.inFlight()).isEqualTo(limit);
      assertThat(bounded.finish(correlations.get(limit / 2))).isEqualTo(limit / 2);
      assertThat(bounded.begin(-2)).isNotNegative();
      assertThat(bounded.begin(-3)).isEqualTo(-1);
    }
  }

  @Test
  void begin_tableGrows_keepsTheCallsItHas() {
    Map<Long, String> begun = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      begun.put(table.begin("call " + i), "call " + i);
    }

    assertThat(begun).hasSize(1000);
    begun.forEach((correlation, call) -> assertThat(table.finish(correlation)).isEqualTo(call));
    assertThat(table.inFlight()).isZero();
  }

  @Test
  void table_manyRandomSteps_agreesWithAMap() {
    Random random = new Random(42);
    Map<Long, String> model = new HashMap<>();
    List<Long> ended = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(100) < 56) {
        String call = "call " + step;
        long correlation = table.begin(call);
        assertThat(correlation == -1).isEqualTo(model.size() == 1000);
        if (correlation >= 0) {
          assertThat(model.put(correlation, call)).isNull();
        }
      } else if (!model.isEmpty()) {
        List<Long> open = new ArrayList<>(model.keySet());
        long correlation = open.get(random.nextInt(open.size()));
        assertThat(table.finish(correlation)).isEqualTo(model.remove(correlation));
        ended.add(correlation);
      }
      if (!ended.isEmpty()) {
        assertThat(table.finish(ended.get(random.nextInt(ended.size())))).isNull();
      }
      assertThat(table.inFlight()).isEqualTo(model.size());
    }
  }

  @Test
  void finishIf_someMatch_endsThoseAndKeepsTheOthers() {
    table.begin("keep 1");
    table.begin("end 1");
    long kept = table.begin("keep 2");
    table.begin("end 2");

    assertThat(endIf("end")).containsExactly("end 1", "end 2");
    assertThat(table.inFlight()).isEqualTo(2);
    assertThat(table.finish(kept)).isEqualTo("keep 2");
    assertThat(endIf("end")).isEmpty();
  }

  @Test
  void finishIf_emptyTable_touchesNothing() {
    assertThat(endIf("")).isEmpty();
  }

  @Test
  void finishIf_callbackBeginsCalls_endsEveryOldOneAndNoNewOne() {
    List<Long> correlations = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      correlations.add(table.begin("old " + i));
    }
    // Free slots between the old calls, which the new ones will take.
    correlations.subList(1, 6).forEach(table::finish);
    List<String> ended = new ArrayList<>();

    table.finishIf(
        call -> true,
        call -> {
          ended.add(call);
          // Two: the second takes a slot that the first one's end did not free.
          table.begin("new");
          table.begin("new");
        });

    assertThat(ended).containsExactly("old 0", "old 6", "old 7", "old 8", "old 9");
    assertThat(table.inFlight()).isEqualTo(10);
    assertThat(endIf("new")).hasSize(10);
  }

  @Test
  void finishIf_callbackMakesTheTableGrow_endsEveryOldOne() {
    for (int i = 0; i < 64; i++) {
      table.begin("old " + i);
    }
    List<String> ended = new ArrayList<>();

    table.finishIf(
        call -> true,
        call -> {
          ended.add(call);
          for (int i = 0; i < 5; i++) {
            table.begin("new");
          }
        });

    assertThat(ended).hasSize(64).doesNotContain("new");
    assertThat(table.inFlight()).isEqualTo(320);
  }

  @Test
  void finishIf_callbackFinishesAnother_doesNotHandItOverToo() {
    table.begin("a");
    long b = table.begin("b");
    List<String> ended = new ArrayList<>();

    table.finishIf(
        call -> true,
        call -> {
          ended.add(call);
          if (call.equals("a")) {
            assertThat(table.finish(b)).isEqualTo("b");
            table.begin("c, in the slot of b or a");
            table.begin("d, in the other");
          }
        });

    assertThat(ended).containsExactly("a");
    assertThat(table.inFlight()).isEqualTo(2);
  }

  private List<String> endIf(String prefix) {
    List<String> ended = new ArrayList<>();
    table.finishIf(call -> call.startsWith(prefix), ended::add);
    return ended;
  }
}
