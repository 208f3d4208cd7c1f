package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeatTest {
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** The tenth that a term ends earlier here than in the database. */
  private static final long OURS = Duration.ofSeconds(9).toNanos();

  private static final long ASKED = -7;

  private final Seat seat = new Seat("sweeper");

  @Test
  void epoch_beforeAnyTerm_isNone() {
    assertThat(seat.epoch(0)).isNull();
    assertThat(seat.lapse(0)).isFalse();
  }

  @Test
  void term_endsBeforeTheDatabasesLeaseDoes() {
    assertThat(seat.begin(3, LEASE, ASKED)).isTrue();
    assertThat(seat.epoch(ASKED + OURS - 1)).isEqualTo(3);
    assertThat(seat.epoch(ASKED + OURS)).isNull();
  }

  @Test
  void lapse_termNotRenewed_isToldOnce() {
    seat.begin(3, LEASE, ASKED);
    assertThat(seat.lapse(ASKED + OURS - 1)).isFalse();
    assertThat(seat.lapse(ASKED + OURS)).isTrue();
    assertThat(seat.lapse(ASKED + OURS)).isFalse();
  }

  @Test
  void renew_runningTerm_prolongsIt() {
    seat.begin(3, LEASE, ASKED);
    seat.renew(3, LEASE, ASKED + 5);
    assertThat(seat.epoch(ASKED + OURS + 4)).isEqualTo(3);
    assertThat(seat.terms()).isOne();
  }

  @Test
  void renew_answerThatComesAfterTheEnd_doesNotReviveTheTerm() {
    seat.begin(3, LEASE, ASKED);
    assertThat(seat.end(3)).isTrue();
    seat.renew(3, LEASE, ASKED + 5);
    assertThat(seat.epoch(ASKED + 6)).isNull();

    seat.begin(4, LEASE, ASKED + 6);
    seat.renew(3, LEASE, ASKED + 100);
    assertThat(seat.epoch(ASKED + 6 + OURS)).as("prolonged by the answer to epoch 3").isNull();
  }

  @Test
  void ask_whileAnotherQuestionIsUnderWay_isRefused() {
    assertThat(seat.ask(ASKED, LEASE)).isTrue();
    assertThat(seat.ask(ASKED + 1, LEASE)).isFalse();
    assertThat(seat.ask(ASKED + LEASE.toNanos(), LEASE)).as("its answer never came").isTrue();
    seat.answered();
    assertThat(seat.ask(ASKED + LEASE.toNanos(), LEASE)).isTrue();
  }

  @Test
  void begin_answerThatWasOvertaken_doesNotReplaceALaterTerm() {
    seat.begin(4, LEASE, ASKED);
    assertThat(seat.begin(3, LEASE, ASKED + 1)).isFalse();
    assertThat(seat.begin(4, LEASE, ASKED + 1)).isFalse();
    assertThat(seat.epoch(ASKED)).isEqualTo(4);
  }

  @Test
  void end_ofAnEarlierEpoch_leavesTheLaterTerm() {
    seat.begin(4, LEASE, ASKED);
    assertThat(seat.end(3)).isFalse();
    assertThat(seat.epoch(ASKED)).isEqualTo(4);
    assertThat(seat.end(4)).isTrue();
    assertThat(seat.end(4)).isFalse();
  }
}
