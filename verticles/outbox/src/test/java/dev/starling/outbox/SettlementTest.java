package dev.starling.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.outbox.Marks.Dead;
import dev.starling.outbox.Marks.Later;
import dev.starling.outbox.OpenEvent.Key;
import dev.starling.outbox.Outcome.Failed;
import dev.starling.outbox.Outcome.NotTried;
import dev.starling.outbox.Outcome.Refused;
import dev.starling.outbox.Outcome.Taken;
import dev.starling.outbox.Progress.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettlementTest {
  private static final long NOW = 1_900_000_000_000L;
  private static final int MAX_ATTEMPTS = 3;
  private static final Key KEY = new Key((short) 4, 17);
  private static final Progress NEW = new Progress(Map.of());

  private final Settlement settlement =
      new Settlement(
          MAX_ATTEMPTS, new Backoff(Duration.ofSeconds(1), Duration.ofHours(1), () -> 1), NOW);

  @Test
  void add_everybodyHasTakenIt_isDone() {
    Marks marks =
        settlement.add(open(NEW), Map.of("mail", new Taken(), "points", new Taken())).marks();
    assertThat(marks).isEqualTo(new Marks(List.of(KEY), List.of(), List.of()));
  }

  @Test
  void add_nobodyWantsIt_isDone() {
    OpenEvent event = new OpenEvent(KEY, event(), Set.of(), NEW);
    assertThat(settlement.add(event, Map.of()).marks().done()).containsExactly(KEY);
  }

  @Test
  void add_oneFails_waitsForItAlone() {
    Marks marks =
        settlement
            .add(open(NEW), Map.of("mail", new Failed("server away"), "points", new Taken()))
            .marks();

    Later later = only(marks);
    assertThat(later.nextMillis()).isEqualTo(NOW + 1_000);
    assertThat(later.progress().of("mail")).isEqualTo(new State(false, 1, NOW + 1_000));
    assertThat(later.progress().of("points").settled()).isTrue();
  }

  @Test
  void add_failsAsOftenAsItMay_isADeadLetterForThatConsumerAndDone() {
    Progress twice =
        NEW.with("mail", new State(false, 2, NOW)).with("points", new State(true, 0, 0));
    Marks marks = settlement.add(open(twice), Map.of("mail", new Failed("away\0"))).marks();
    assertThat(marks)
        .isEqualTo(new Marks(List.of(KEY), List.of(), List.of(new Dead(KEY, "mail", 3, "away "))));
  }

  @Test
  void add_refused_isADeadLetterAtOnce() {
    Marks marks =
        settlement
            .add(open(NEW), Map.of("mail", new Refused("no address"), "points", new Taken()))
            .marks();
    assertThat(marks.dead()).containsExactly(new Dead(KEY, "mail", 1, "no address"));
    assertThat(marks.done()).containsExactly(KEY);
  }

  @Test
  void add_notTried_countsNoAttempt() {
    Progress lastChance = NEW.with("mail", new State(false, MAX_ATTEMPTS - 1, NOW));
    Later later =
        only(
            settlement
                .add(
                    open(lastChance),
                    Map.of("mail", new NotTried(5_000), "points", new NotTried(7_000)))
                .marks());
    assertThat(later.nextMillis()).isEqualTo(NOW + 5_000);
    assertThat(later.progress().of("mail"))
        .isEqualTo(new State(false, MAX_ATTEMPTS - 1, NOW + 5_000));
  }

  @Test
  void add_notSentToAnybody_marksNothing() {
    assertThat(settlement.add(open(NEW), Map.of()).marks())
        .isEqualTo(new Marks(List.of(), List.of(), List.of()));
  }

  @Test
  void progress_writtenAndRead_isTheSame() {
    Progress progress =
        NEW.with("mail", new State(false, 2, NOW)).with("points", new State(true, 0, 0));
    assertThat(Progress.parse(progress.toJson())).isEqualTo(progress);
    assertThat(Progress.parse("{}")).isEqualTo(NEW);
  }

  private static Later only(Marks marks) {
    assertThat(marks.done()).isEmpty();
    assertThat(marks.dead()).isEmpty();
    assertThat(marks.later()).hasSize(1);
    return marks.later().get(0);
  }

  private static OpenEvent open(Progress progress) {
    return new OpenEvent(KEY, event(), Set.of("mail", "points"), progress);
  }

  private static Event event() {
    return new Event("id", "/starling/orders", "placed", "1", "order/1", "owner", "time", "", "{}");
  }
}
