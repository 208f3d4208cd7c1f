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
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Instant AT = Instant.parse("2030-01-01T12:00:00Z");
  private static final Duration LATENESS = Duration.ofMillis(500);
  private static final Predicate<Content> TELLS = content -> true;
  private static final Content TOUCH = new Behaviour("touched", Map.of("where", "screen"));

  @Test
  void with_moreThanThereMayBe_keepsTheNewestOfEachModality() {
    List<LogRow> rows = new ArrayList<>();
    for (int i = 0; i < Modality.BEHAVIOUR.most() + 10; i++) {
      rows.add(row("b" + i, AT, AT, AT.plusMillis(i)));
    }
    rows.add(image("old", AT.minusSeconds(60)));
    Collections.shuffle(rows, new Random(1));

    Timeline timeline = Timeline.EMPTY.with(read(rows), TELLS, AT.plusSeconds(1), Instant.EPOCH);

    assertThat(timeline.events(AT)).hasSize(Modality.BEHAVIOUR.most() + 1);
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
    Timeline atOnce = Timeline.EMPTY.with(read(rows), TELLS, AT, Instant.EPOCH);
    Timeline bitByBit = Timeline.EMPTY;
    for (int from = 0; from < rows.size(); from += 50) {
      bitByBit =
          bitByBit.with(
              read(rows.subList(Math.max(0, from - 20), Math.min(rows.size(), from + 50))),
              TELLS,
              AT,
              Instant.EPOCH);
    }

    assertThat(bitByBit.events(AT)).containsExactlyInAnyOrderElementsOf(atOnce.events(AT));
    assertThat(bitByBit.bytes()).isEqualTo(atOnce.bytes());
  }

  @Test
  void readFrom_afterARead_goesBackForWhatCommitsLate() {
    Timeline timeline = Timeline.EMPTY.with(read(List.of()), TELLS, AT, Instant.EPOCH);

    assertThat(Timeline.EMPTY.readFrom(AT.minusSeconds(60))).isEqualTo(AT.minusSeconds(60));
    assertThat(timeline.readFrom(AT.minusSeconds(60))).isEqualTo(AT.minus(Timeline.OVERLAP));
  }

  @Test
  void upTo_afterALongTime_isNothing() {
    LogRead.UpTo upTo = new LogRead.UpTo(1, 2);
    Timeline timeline =
        Timeline.EMPTY
            .with(new LogRead(List.of(), upTo), TELLS, AT, Instant.EPOCH)
            .with(read(List.of()), TELLS, AT, Instant.EPOCH);

    assertThat(timeline.upTo(AT.plusSeconds(60))).isEqualTo(upTo);
    assertThat(timeline.upTo(AT.plus(Duration.ofDays(30)))).isNull();
  }

  @Test
  void relevance_nothingNew_changesNothing() {
    LogRow utterance = row("u", AT, AT, AT);
    Timeline timeline = Timeline.EMPTY.with(read(List.of(utterance)), TELLS, AT, Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isFalse();
  }

  @Test
  void relevance_whatHappenedAfterwards_changesNothing() {
    LogRow utterance = row("u", AT, AT, AT);
    Instant after = AT.plusSeconds(2);
    Timeline timeline =
        Timeline.EMPTY
            .with(read(List.of(utterance)), TELLS, AT, Instant.EPOCH)
            .with(
                read(List.of(row("b", after, after, after))),
                TELLS,
                AT.plusSeconds(3),
                Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isFalse();
  }

  @Test
  void relevance_whatHappenedBeforeAndCameLate_mayChangeIt() {
    LogRow utterance = row("u", AT, AT, AT);
    LogRow late = row("b", AT.minusSeconds(1), AT.plusSeconds(2), AT.plusSeconds(2));
    Timeline timeline =
        Timeline.EMPTY
            .with(read(List.of(utterance)), TELLS, AT, Instant.EPOCH)
            .with(read(List.of(late)), TELLS, AT.plusSeconds(3), Instant.EPOCH);

    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isTrue();
  }

  @Test
  void relevance_aClockThatTurnsOutToBeOff_mayChangeIt() {
    LogRow utterance = row("u", AT, AT, AT);
    Instant ahead = AT.plusSeconds(20);
    Timeline timeline =
        Timeline.EMPTY
            .with(read(List.of(utterance)), TELLS, AT, Instant.EPOCH)
            .with(
                read(List.of(row("b", ahead, ahead, AT.plusMillis(400)))),
                TELLS,
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

  @Test
  void with_whatTellsNothing_keepsWhatItSaysOfClocks() {
    LogRow utterance = row("u", AT, AT, AT);
    Timeline timeline =
        Timeline.EMPTY.with(
            read(
                List.of(
                    utterance,
                    touch("a", AT.minusMillis(900), AT.plusMillis(100)),
                    touch("b", AT.minusMillis(300), AT.plusMillis(200)),
                    touch("c", AT.plusMillis(700), AT.plusMillis(900)))),
            content -> content.equals(utterance.event().content()),
            AT.plusSeconds(1),
            Instant.EPOCH);

    assertThat(timeline.size()).isEqualTo(4);
    assertThat(timeline.has(key("b"))).isTrue();
    assertThat(timeline.find(key("b"))).isNull();
    List<FusionEvent> events = timeline.events(AT.plus(LATENESS));
    assertThat(events).hasSize(2).contains(utterance.event());
    assertThat(events)
        .filteredOn(event -> event.id().isEmpty())
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.deviceId()).isEqualTo("d");
              assertThat(told.receivedAt()).isEqualTo(AT.plusMillis(200));
              assertThat(told.sentAt()).isEqualTo(AT.minusMillis(300));
            });
    assertThat(timeline.events(AT.minusSeconds(1)))
        .as("nothing by then, so the first after it")
        .extracting(FusionEvent::receivedAt)
        .contains(AT.plusMillis(100));
  }

  @Test
  void with_tracesAmongOthers_holdsTheSameHoweverItIsRead() {
    List<LogRow> rows = new ArrayList<>();
    for (int i = 0; i < 2 * Modality.BEHAVIOUR.most(); i++) {
      // Ten are received at a time, as of one request.
      Instant received = AT.plusMillis(i / 10);
      rows.add(
          i % 3 == 0
              ? row("b" + i, AT, AT, received)
              : touch("t" + i, AT.minusMillis(i), received));
    }
    Predicate<Content> tells = content -> !content.equals(TOUCH);
    Timeline atOnce = Timeline.EMPTY.with(read(rows), tells, AT, Instant.EPOCH);
    Timeline bitByBit = Timeline.EMPTY;
    for (int from = 0; from < rows.size(); from += 50) {
      bitByBit =
          bitByBit.with(
              read(rows.subList(Math.max(0, from - 20), Math.min(rows.size(), from + 50))),
              tells,
              AT,
              Instant.EPOCH);
    }

    assertThat(atOnce.size()).isEqualTo(Modality.BEHAVIOUR.most());
    assertThat(atOnce.traces().size()).isBetween(300, 400);
    assertThat(bitByBit.events(AT)).containsExactlyInAnyOrderElementsOf(atOnce.events(AT));
    assertThat(bitByBit.traces().all()).isEqualTo(atOnce.traces().all());
    assertThat(bitByBit.bytes()).isEqualTo(atOnce.bytes());
    assertThat(atOnce.with(read(List.of()), tells, AT, AT.plusSeconds(9)).size())
        .as("beyond their retention")
        .isZero();
  }

  @Test
  void relevance_whatTellsOnlyOfAClockThatIsOff_mayChangeIt() {
    LogRow utterance = row("u", AT, AT, AT);
    Predicate<Content> tells = content -> !content.equals(TOUCH);
    Timeline timeline =
        Timeline.EMPTY
            .with(read(List.of(utterance)), tells, AT, Instant.EPOCH)
            .with(
                read(List.of(touch("t", AT.minusMillis(100), AT.plusMillis(100)))),
                tells,
                AT.plusSeconds(3),
                Instant.EPOCH);
    assertThat(Relevance.mayChange(timeline, utterance.event(), AT, LATENESS)).isFalse();

    Timeline ahead =
        timeline.with(
            read(List.of(touch("a", AT.plusSeconds(20), AT.plusMillis(100)))),
            tells,
            AT.plusSeconds(4),
            Instant.EPOCH);
    assertThat(Relevance.mayChange(ahead, utterance.event(), AT, LATENESS)).isTrue();
  }

  private static LogRead read(List<LogRow> rows) {
    return new LogRead(rows, null);
  }

  private static LogRow touch(String id, Instant sent, Instant received) {
    return row(id, sent, sent, received, TOUCH);
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
