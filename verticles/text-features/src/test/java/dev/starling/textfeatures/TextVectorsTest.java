package dev.starling.textfeatures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.contract.features.TextFeaturesContract.TextRefused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With a model that answers when the test says so. */
class TextVectorsTest {
  private static final TraceContext TRACE = TraceContext.start(new Random(1));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private record Asked(String text, CallContext call, Promise<TextFeatures> answer) {
    void answered() {
      answer.complete(new Embedded("m/1", new float[] {1, text.length()}));
    }
  }

  private final List<Asked> asked = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long now = 1000 * SECOND;
  private final TextVectors texts = texts(2, 2);

  @Test
  void embed_knownText_isNotAskedForAgain() {
    Future<TextFeatures> first = embed("red");
    asked.get(0).answered();

    Future<TextFeatures> second = embed("red");

    assertThat(second.result()).isSameAs(first.result());
    assertThat(asked).hasSize(1);
    assertThat(count("remembered")).isEqualTo(1);
  }

  @Test
  void embed_sameTextMeanwhile_joinsTheOneThatIsUnderWay() {
    Future<TextFeatures> first = embed("red");
    Future<TextFeatures> second = embed("red");
    assertThat(asked).hasSize(1);
    assertThat(second.isComplete()).isFalse();

    asked.get(0).answered();

    assertThat(second.result()).isSameAs(first.result());
    assertThat(count("joined")).isEqualTo(1);
  }

  @Test
  void embed_moreThanMayRun_waitInTheirOrder() {
    embed("a");
    embed("b");
    embed("c");
    embed("d");
    assertThat(asked).extracting(Asked::text).containsExactly("a", "b");
    assertThat(waiting()).isEqualTo(2);

    asked.get(1).answered();
    assertThat(asked).extracting(Asked::text).containsExactly("a", "b", "c");
    asked.get(0).answered();

    assertThat(asked).extracting(Asked::text).containsExactly("a", "b", "c", "d");
    assertThat(waiting()).isZero();
  }

  @Test
  void embed_moreThanMayWait_isOverloadedButJoinsWhatWaits() {
    embed("a");
    embed("b");
    embed("c");
    embed("d");

    assertThat(code(embed("e"))).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(embed("d").isComplete()).isFalse();
  }

  @Test
  void embed_allGaveUpWhileItWaited_isNotAskedFor() {
    embed("a");
    embed("b");
    Future<TextFeatures> tooLate = embed("c", call(2));
    Future<TextFeatures> patient = embed("d", call(2));
    embed("d", call(60));
    now += 3 * SECOND;

    asked.get(0).answered();
    asked.get(1).answered();

    assertThat(code(tooLate)).isEqualTo(ErrorCode.EXPIRED);
    assertThat(patient.isComplete()).isFalse();
    assertThat(asked).extracting(Asked::text).containsExactly("a", "b", "d");
  }

  @Test
  void embed_whoeverAsks_theModelHasItsOwnTime() {
    embed("a", call(1));

    assertThat(asked.get(0).call().remaining(now)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void embed_moreUrgentJoins_waitsAsUrgently() {
    embed("a");
    embed("b");
    embed("c", call(60).withPriority(Priority.SHEDDABLE));
    embed("c", call(60).withPriority(Priority.CRITICAL));

    asked.get(0).answered();

    assertThat(asked.get(2).call().priority()).isEqualTo(Priority.CRITICAL);
  }

  @Test
  void embed_modelFails_allWhoWaitAreToldAndNothingIsRemembered() {
    Future<TextFeatures> first = embed("a");
    Future<TextFeatures> second = embed("a");

    asked.get(0).answer.fail(new BusException(ErrorCode.UNAVAILABLE, "no node has it"));

    assertThat(code(first)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(code(second)).isEqualTo(ErrorCode.UNAVAILABLE);
    embed("a");
    assertThat(asked).hasSize(2);
  }

  @Test
  void embed_modelThatFailsAtOnce_doesNotNestHoweverManyWait() {
    List<Promise<TextFeatures>> first = new ArrayList<>();
    TextVectors many =
        new TextVectors(
            (text, call) -> {
              if (first.isEmpty()) {
                first.add(Promise.promise());
                return first.get(0).future();
              }
              return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, "gone"));
            },
            config(1, 50_000),
            new VectorCache(0, change -> {}),
            new TextMeters(new SimpleMeterRegistry()),
            () -> now);
    List<Future<TextFeatures>> answers = new ArrayList<>();
    for (int i = 0; i <= 50_000; i++) {
      answers.add(many.embed("text " + i, call(60)));
    }

    first.get(0).fail(new BusException(ErrorCode.UNAVAILABLE, "gone"));

    assertThat(answers).allMatch(Future::failed);
  }

  @Test
  void embed_blankOrTooLongText_isRefusedWithoutTheModel() {
    assertThat(embed(" \n").result())
        .isEqualTo(new TextRefused("text: nothing but blanks (expected: something else)"));
    assertThat(embed("ä".repeat(51)).result())
        .isEqualTo(new TextRefused("text: too long (expected: <= 100 bytes)"));
    assertThat(asked).isEmpty();
    assertThat(embed("ä".repeat(50)).isComplete()).isFalse();
    assertThat(count("refused")).isEqualTo(2);
  }

  @Test
  void close_whileTextsWait_theyAreNotDone() {
    embed("a");
    embed("b");
    Future<TextFeatures> waits = embed("c");

    texts.close();

    assertThat(code(waits)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(waiting()).isZero();
  }

  private TextVectors texts(int maxRunning, int maxWaiting) {
    return new TextVectors(
        (text, call) -> {
          Promise<TextFeatures> answer = Promise.promise();
          asked.add(new Asked(text, call, answer));
          return answer.future();
        },
        config(maxRunning, maxWaiting),
        new VectorCache(1000, change -> {}),
        new TextMeters(registry),
        () -> now);
  }

  private static TextFeaturesConfig config(int maxRunning, int maxWaiting) {
    return new TextFeaturesConfig("m", Duration.ofSeconds(5), 100, 1000, maxRunning, maxWaiting);
  }

  private Future<TextFeatures> embed(String text) {
    return embed(text, call(60));
  }

  private Future<TextFeatures> embed(String text, CallContext call) {
    return texts.embed(text, call);
  }

  private CallContext call(int seconds) {
    return CallContext.expiringAt(now + seconds * SECOND, TRACE);
  }

  private double waiting() {
    return registry.get("text.features.waiting").gauge().value();
  }

  private double count(String outcome) {
    return registry.get("text.features.texts").tag("outcome", outcome).counter().count();
  }

  private static ErrorCode code(Future<?> failed) {
    assertThat(failed.cause()).isInstanceOf(BusException.class);
    return ((BusException) failed.cause()).code();
  }
}
