package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Decision.Explanation;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Result.Outcome;
import dev.starling.fusion.evaluation.Scenario.Expected;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultTest {
  private static final Target PICTURE = Target.image("p");
  private static final Expected SEND =
      new Expected(Status.RESOLVED, Intent.SEND_TO, PICTURE, "phone", Map.of("recipient", "ida"));
  private static final Expected PLAY =
      new Expected(Status.RESOLVED, Intent.PLAY, null, "box", Map.of("query", "swing"));

  @Test
  void command_asExpected_isRight() {
    assertThat(outcome(SEND, Status.RESOLVED, Intent.SEND_TO, PICTURE, "phone", SEND.arguments()))
        .isEqualTo(Outcome.RIGHT);
  }

  @Test
  void command_otherInAnyPart_isGuessed() {
    Map<String, String> arguments = SEND.arguments();
    assertThat(outcome(SEND, Status.RESOLVED, Intent.PRINT, PICTURE, "phone", arguments))
        .isEqualTo(Outcome.GUESSED);
    assertThat(
            outcome(SEND, Status.RESOLVED, Intent.SEND_TO, Target.image("q"), "phone", arguments))
        .isEqualTo(Outcome.GUESSED);
    assertThat(outcome(SEND, Status.RESOLVED, Intent.SEND_TO, null, "phone", arguments))
        .isEqualTo(Outcome.GUESSED);
    assertThat(outcome(SEND, Status.RESOLVED, Intent.SEND_TO, PICTURE, "tablet", arguments))
        .isEqualTo(Outcome.GUESSED);
    assertThat(
            outcome(
                SEND, Status.RESOLVED, Intent.SEND_TO, PICTURE, "phone", Map.of("recipient", "bo")))
        .isEqualTo(Outcome.GUESSED);
  }

  @Test
  void command_whereAQuestionOrNothingIsRight_isGuessed() {
    for (Expected expected : List.of(Expected.asked(Intent.SEND_TO), Expected.none())) {
      assertThat(
              outcome(
                  expected, Status.RESOLVED, Intent.SEND_TO, PICTURE, "phone", SEND.arguments()))
          .isEqualTo(Outcome.GUESSED);
    }
  }

  @Test
  void question_ofTheIntent_isRightWhereExpectedOnly() {
    assertThat(
            outcome(Expected.asked(Intent.PRINT), Status.ASKED, Intent.PRINT, null, "", Map.of()))
        .isEqualTo(Outcome.RIGHT);
    assertThat(
            outcome(Expected.asked(Intent.PRINT), Status.ASKED, Intent.DELETE, null, "", Map.of()))
        .isEqualTo(Outcome.ASKED);
    assertThat(outcome(SEND, Status.ASKED, Intent.SEND_TO, PICTURE, "", Map.of()))
        .isEqualTo(Outcome.ASKED);
  }

  @Test
  void nothing_whereACommandIsRight_isIgnored() {
    assertThat(outcome(SEND, Status.NONE, Intent.NONE, null, "", Map.of()))
        .isEqualTo(Outcome.IGNORED);
    assertThat(outcome(Expected.none(), Status.NONE, Intent.NONE, null, "", Map.of()))
        .isEqualTo(Outcome.RIGHT);
  }

  @Test
  void commandAboutNoPicture_mayNameItsDevice_andLeaveOutAnArticle() {
    Map<String, String> some = Map.of("query", "some swing");
    assertThat(outcome(PLAY, Status.RESOLVED, Intent.PLAY, Target.device("box"), "box", some))
        .isEqualTo(Outcome.RIGHT);
    assertThat(outcome(PLAY, Status.RESOLVED, Intent.PLAY, Target.device("tv"), "box", some))
        .isEqualTo(Outcome.GUESSED);
    assertThat(outcome(PLAY, Status.RESOLVED, Intent.PLAY, null, "box", Map.of("query", "swings")))
        .isEqualTo(Outcome.GUESSED);
  }

  private static Outcome outcome(
      Expected expected,
      Status status,
      Intent intent,
      @Nullable Target target,
      String device,
      Map<String, String> arguments) {
    FusionEvent utterance =
        new FusionEvent(
            "/devices/phone",
            "1",
            "phone",
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH,
            new Utterance(false, "words", 1, List.of(), "en"));
    Scenario scenario =
        new Scenario(
            "id",
            new Template("id", expected.intent(), "", "words"),
            "",
            Phenomenon.LABEL,
            utterance,
            List.of(utterance),
            List.of(),
            ZoneOffset.UTC,
            Duration.ofSeconds(2),
            expected);
    Decision decision =
        new Decision(
            utterance.key(),
            status,
            intent,
            target,
            device,
            new TreeMap<>(arguments),
            1,
            "",
            List.of(),
            null,
            new Explanation(new TreeMap<>(), List.of(), new TreeMap<>(), List.of()));
    return new Result(scenario, decision).outcome();
  }
}
