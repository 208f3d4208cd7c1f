package dev.starling.policy.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Call;
import dev.starling.contract.decision.Decision.Counter;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecisionsTest {
  private static final Call CALL =
      new Call(
          "0af7651916cd43dd8448eb211c80319c",
          "r-1",
          "GET /v1/users/{id}",
          "users.get",
          "ada",
          "192.0.2.1");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long nowMillis = 1_000;
  private final Decisions decisions =
      new Decisions("n-1", () -> Instant.ofEpochMilli(nowMillis), new Random(1), meters);

  @Test
  void find_recorded_givesItAsItWas() {
    Refusal refusal =
        new Refusal(Kind.SHED, 503, "search", 16, 17, 2, List.of(new Counter("in-flight", 17)));

    Decision made = decisions.record(CALL, refusal);

    assertThat(decisions.find(made.id())).isSameAs(made);
    assertThat(made).isEqualTo(new Decision(made.id(), "n-1", 1_000, CALL, refusal));
  }

  @Test
  void id_namesItsNodeAndCannotBeGuessedFromOthers() {
    String first = decisions.record(CALL, limited("a")).id();
    String second = decisions.record(CALL, limited("a")).id();

    assertThat(first).matches("n-1-0-[0-9a-f]{8}");
    assertThat(second).matches("n-1-1-[0-9a-f]{8}");
    String tagOfFirst = first.substring(first.lastIndexOf('-'));
    assertThat(decisions.find("n-1-1" + tagOfFirst)).isNull();
  }

  @Test
  void find_oneThatMadeRoomForNewerOnes_isNull() {
    String oldest = decisions.record(CALL, limited("a")).id();
    String next = decisions.record(CALL, limited("a")).id();
    for (int i = 0; i < Decisions.CAPACITY - 1; i++) {
      decisions.record(CALL, limited("a"));
    }

    assertThat(decisions.find(oldest)).isNull();
    assertThat(decisions.find(next)).isNotNull();
  }

  @Test
  void find_whatIsNoId_isNull() {
    decisions.record(CALL, limited("a"));

    for (String id :
        List.of("", "-", "--", "n-1", "n-1-0", "n-2-0-00000000", "n-1-!-00000000", "n-1--1-0")) {
      assertThat(decisions.find(id)).as(id).isNull();
    }
    assertThat(decisions.find("n-1-zzzzzzzzzzzzzzzzzzzz-00000000")).isNull();
    assertThat(decisions.find("n-1-0-" + "0".repeat(1_000))).isNull();
  }

  @Test
  void since_time_givesTheLatestFirst() {
    for (nowMillis = 1; nowMillis <= 5; nowMillis++) {
      decisions.record(CALL, limited("rule-" + nowMillis));
    }

    assertThat(decisions.since(3, 10))
        .extracting(decision -> decision.refusal().rule())
        .containsExactly("rule-5", "rule-4", "rule-3");
    assertThat(decisions.since(0, 2))
        .extracting(decision -> decision.refusal().rule())
        .containsExactly("rule-5", "rule-4");
  }

  @Test
  void since_moreThanAreKept_givesWhatIsKept() {
    for (int i = 0; i < Decisions.CAPACITY + 10; i++) {
      decisions.record(CALL, limited("a"));
    }

    assertThat(decisions.since(0, Integer.MAX_VALUE)).hasSize(Decisions.CAPACITY);
  }

  @Test
  void record_fromManyThreads_losesNoneAndRepeatsNoId() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> recording =
          IntStream.range(0, 4)
              .mapToObj(thread -> threads.submit(() -> record(Decisions.CAPACITY / 4)))
              .toList();
      Set<String> ids = new HashSet<>();
      for (Future<List<String>> one : recording) {
        ids.addAll(one.get());
      }

      assertThat(ids).hasSize(Decisions.CAPACITY).allMatch(id -> decisions.find(id) != null);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void metric_countsByKindAndRule_andPutsTooManyRulesTogether() {
    decisions.record(CALL, limited("a"));
    decisions.record(CALL, limited("a"));
    for (int i = 0; i < 2_000; i++) {
      decisions.record(CALL, limited("rule-" + i));
    }

    assertThat(meters.get("policy.decisions").tags("kind", "limited", "rule", "a").counter())
        .extracting(counter -> counter.count())
        .isEqualTo(2.0);
    assertThat(meters.get("policy.decisions").counters()).hasSizeBetween(1_000, 1_001);
    assertThat(meters.get("policy.decisions").tag("rule", "other").counter().count())
        .isEqualTo(1_001);
  }

  private List<String> record(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> decisions.record(CALL, limited("a")).id())
        .toList();
  }

  private static Refusal limited(String rule) {
    return new Refusal(Kind.LIMITED, 429, rule, 10, 11, 1, List.of());
  }
}
