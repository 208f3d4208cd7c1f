package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A replica and its primary, who are each asked now and then how far they are. */
class ReplayLagTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ReplayLag lag = new ReplayLag();
  private long nowMillis = 1_000;
  private long replicaStarted = 1;

  @Test
  void lag_nothingHeard_isUnknown() {
    primaryAt(100);
    assertThat(lag()).isNull();
    assertThat(covers(Duration.ofHours(1), 0)).isFalse();
  }

  @Test
  void lag_allReplayed_isZeroHoweverOldThePrimaryIsIdle() {
    primaryAt(100);
    replicaAt(100);
    pass(500);
    primaryAt(100);
    replicaAt(100);
    pass(900);
    assertThat(lag()).isZero();
  }

  @Test
  void lag_someNotReplayed_isTheAgeOfTheOldestOfIt() {
    primaryAt(100);
    replicaAt(100);
    pass(500);
    primaryAt(200);
    pass(500);
    primaryAt(300);
    pass(500);
    replicaAt(150);
    assertThat(lag()).isEqualTo(Duration.ofMillis(1_000));
    replicaAt(250);
    assertThat(lag()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void covers_boundIsTheAgeOfTheLastSampleThatIsReplayed() {
    primaryAt(100);
    replicaAt(100);
    pass(400);
    assertThat(covers(Duration.ofMillis(400), 0)).isTrue();
    assertThat(covers(Duration.ofMillis(399), 0)).isFalse();
    primaryAt(100);
    assertThat(covers(Duration.ZERO, 0)).isTrue();
    pass(100);
    primaryAt(200);
    pass(200);
    assertThat(covers(Duration.ofMillis(299), 0)).isFalse();
    assertThat(covers(Duration.ofMillis(300), 0)).isTrue();
  }

  @Test
  void covers_ownWriteNotReplayed_isRefusedHoweverStaleItMayBe() {
    primaryAt(100);
    replicaAt(100);
    assertThat(covers(SECOND, 100)).isTrue();
    assertThat(covers(SECOND, 101)).isFalse();
  }

  @Test
  void covers_silentReplica_isRefusedAfterAWhile() {
    primaryAt(100);
    replicaAt(100);
    pass(ReplayLag.PATIENCE.toMillis() + 1);
    primaryAt(100);
    assertThat(covers(Duration.ofHours(1), 0)).isFalse();
    assertThat(lag()).isNull();
  }

  @Test
  void covers_promotedReplica_isRefusedUntilItIsOneAgain() {
    primaryAt(100);
    replicaAt(100);
    lag.unknown();
    assertThat(covers(SECOND, 0)).isFalse();
    replicaAt(100);
    assertThat(covers(SECOND, 0)).isTrue();
  }

  @Test
  void covers_replicaOfALogThatThePrimaryNeverWrote_isRefusedUntilItIsMadeAnew() {
    primaryAt(100);
    replicaAt(120);
    pass(100);
    // Another server was promoted, which had less than this replica.
    primaryAt(110);
    assertThat(covers(SECOND, 0)).isFalse();
    pass(100);
    primaryAt(200);
    replicaAt(150);
    assertThat(covers(SECOND, 0)).as("grown together by chance").isFalse();
    replicaAt(90);
    pass(100);
    primaryAt(210);
    replicaAt(210);
    assertThat(covers(SECOND, 0)).isTrue();
  }

  @Test
  void covers_divergedReplicaMadeAnewFromAPrimaryThatIsFurtherByNow_isReadAgain() {
    primaryAt(100);
    replicaAt(120);
    pass(100);
    primaryAt(110);
    assertThat(covers(SECOND, 0)).isFalse();
    pass(60_000);
    primaryAt(500);
    replicaStarted++;
    replicaAt(500);
    assertThat(covers(SECOND, 0)).as("not compared yet").isFalse();
    primaryAt(500);
    assertThat(covers(SECOND, 0)).isTrue();
  }

  @Test
  void covers_divergedReplicaOnlyRestarted_isRefused() {
    primaryAt(100);
    replicaAt(120);
    pass(100);
    primaryAt(110);
    replicaStarted++;
    replicaAt(120);
    assertThat(covers(SECOND, 0)).as("not compared yet").isFalse();
    pass(100);
    primaryAt(111);
    assertThat(covers(SECOND, 0)).as("ahead").isFalse();
    replicaStarted++;
    replicaAt(120);
    pass(60_000);
    primaryAt(500);
    replicaAt(120);
    assertThat(covers(SECOND, 0)).as("does not follow").isFalse();
  }

  @Test
  void covers_replicaAskedAfterThePrimary_mayBeAheadOfWhatThatSaid() {
    primaryAt(100);
    pass(100);
    replicaAt(105);
    assertThat(covers(SECOND, 103)).isTrue();
    pass(100);
    primaryAt(110);
    assertThat(covers(SECOND, 0)).isTrue();
  }

  @Test
  void lag_replicaThatStandsForHours_staysKnownWithBoundedMemory() {
    primaryAt(1);
    replicaAt(1);
    for (int beat = 2; beat < 20_000; beat++) {
      pass(500);
      primaryAt(beat);
      replicaAt(1);
    }
    assertThat(lag()).isEqualTo(Duration.ofMillis(19_997 * 500L));
    replicaAt(20_000);
    assertThat(lag()).isZero();
  }

  private void primaryAt(long lsn) {
    lag.written(sample(lsn));
  }

  private void replicaAt(long lsn) {
    lag.replayed(sample(lsn), replicaStarted);
  }

  private LogSample sample(long lsn) {
    long nanos = Duration.ofMillis(nowMillis).toNanos();
    return new LogSample(lsn, nanos, nanos);
  }

  private void pass(long millis) {
    nowMillis += millis;
  }

  private Duration lag() {
    return lag.lag(Duration.ofMillis(nowMillis).toNanos());
  }

  private boolean covers(Duration staleness, long lsn) {
    return lag.covers(staleness, lsn, Duration.ofMillis(nowMillis).toNanos());
  }
}
