package dev.starling.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Instant AT = Instant.parse("2030-01-01T12:00:00Z");
  private static final Duration LATENESS = Duration.ofMillis(500);

  @Test
  void with_moreThanThereMayBe_keepsTheNewestOfEachModality() {
    List<LogRow> rows = new ArrayList<>();
    for (int i = 0; i < Modality.BEHAVIOUR.most() + 10; i++) {
      rows.add(row("b" + i, AT, AT, AT.plusMillis(i)));
    }
    rows.add(image("old", AT.minusSeconds(60)));
    Collections.shuffle(rows, new Random(1));

    Timeline timeline = Timeline.EMPTY.with(rows, AT.plusSeconds(1), Instant.EPOCH);

    assertThat(timeline.events()).hasSize(Modality.BEHAVIOUR.most() + 1);
    assertThat(timeline.has(key("b9"))).isFalse();
    assertThat(timeline.has(key("b10"))).isTrue();
    assertThat(timeline.has(key("old"))).isTrue();
  }

  @Test
  void with_readBitByBitOrAtOnce_holdsTheSame() {
    List<LogRow> rows = new ArrayList<>();
    for (int i = 0; i < Modality.BEHAVIOUR.most() + 100; i++) {
      rows.add(row("b" + i, AT, AT, AT.plusMillis(i)));
    }
    Timeline atOnce = Timeline.EMPTY.with(rows, AT, Instant.EPOCH);
    Timeline bitByBit = Timeline.EMPTY;
    for (int from = 0; from < rows.size(); from += 50) {
      bitByBit =
          bitByBit.with(
              rows.subList(Math.max(0, from - 20), Math.min(rows.size(), from + 50)),
              AT,
              Instant.EPOCH);
    }

    assertThat(bitByBit.events()).containsExactlyInAnyOrderElementsOf(atOnce.events());
    assertThat(bitByBit.bytes()).isEqualTo(atOnce.bytes());
  }

  @Test
  void readFrom_afterARead_goesBackForWhatCommitsLate() {
    Timeline timeline = Timeline.EMPTY.with(List.of(), AT, Instant.EPOCH);

    assertThat(Timeline.EMPTY.readFrom(AT.minusSeconds(60))).isEqualTo(AT.minusSeconds(60));
    assertThat(timeline.readFrom(AT.minusSeconds(60))).isEqualTo(AT.minus(Timeline.OVERLAP));
  }

  @Test
  void relevance_nothingNew_changesNothing() {
    LogRow utterance = row("u", AT, AT, AT);
    Timeline timeline = Timeline.EMPTY.with(List.of(utterance), AT, Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isFalse();
  }

  @Test
  void relevance_whatHappenedAfterwards_changesNothing() {
    LogRow utterance = row("u", AT, AT, AT);
    Instant after = AT.plusSeconds(2);
    Timeline timeline =
        Timeline.EMPTY
            .with(List.of(utterance), AT, Instant.EPOCH)
            .with(List.of(row("b", after, after, after)), AT.plusSeconds(3), Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isFalse();
  }

  @Test
  void relevance_whatHappenedBeforeAndCameLate_mayChangeIt() {
    LogRow utterance = row("u", AT, AT, AT);
    LogRow late = row("b", AT.minusSeconds(1), AT.plusSeconds(2), AT.plusSeconds(2));
    Timeline timeline =
        Timeline.EMPTY
            .with(List.of(utterance), AT, Instant.EPOCH)
            .with(List.of(late), AT.plusSeconds(3), Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isTrue();
  }

  @Test
  void relevance_aClockThatTurnsOutToBeOff_mayChangeIt() {
    LogRow utterance = row("u", AT, AT, AT);
    Instant ahead = AT.plusSeconds(20);
    Timeline timeline =
        Timeline.EMPTY
            .with(List.of(utterance), AT, Instant.EPOCH)
            .with(
                List.of(row("b", ahead, ahead, AT.plusMillis(400))),
                AT.plusSeconds(3),
                Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isTrue();
  }

  @Test
  void dueAt_whateverItsClockSays_isTheBoundAfterItsReception() {
    assertThat(row("u", AT, AT, AT.plusSeconds(3)).dueAt(LATENESS))
        .isEqualTo(AT.plusSeconds(3).plus(LATENESS));
    assertThat(row("u", AT.plusSeconds(9), AT.plusSeconds(9), AT).dueAt(LATENESS))
        .isEqualTo(AT.plus(LATENESS));
  }

  private static FusionEvent.Key key(String id) {
    return new FusionEvent.Key("/devices/d", id);
  }

  private static LogRow row(String id, Instant time, Instant sent, Instant received) {
    return row(id, time, sent, received, new Behaviour("touched", Map.of("n", id)));
  }

  private static LogRow image(String id, Instant received) {
    return row(
        id,
        received,
        received,
        received,
        new Content.Image(id, "", "", List.of(), Content.Exif.NONE, null, null));
  }

  private static LogRow row(
      String id, Instant time, Instant sent, Instant received, Content content) {
    return new LogRow(new FusionEvent("/devices/d", id, "d", time, sent, received, content), null);
  }
}
