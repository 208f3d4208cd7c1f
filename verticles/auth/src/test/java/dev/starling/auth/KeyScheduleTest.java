package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyScheduleTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom(), START);
  private final KeySchedule schedule = new KeySchedule(Duration.ofDays(30), Duration.ofHours(25));

  private static SigningKey key(String id, Instant signsFrom) {
    return new SigningKey(id, KEY.privateKey(), KEY.publicKey(), signsFrom);
  }

  private static Instant day(double days) {
    return START.plusSeconds((long) (days * 86_400));
  }

  @Test
  void nextStart_noKey_isNow() {
    assertThat(schedule.nextStart(List.of(), day(1))).isEqualTo(day(1));
  }

  @Test
  void nextStart_youngKey_isNotDue() {
    assertThat(schedule.nextStart(List.of(START), day(29))).isNull();
  }

  @Test
  void nextStart_oldKey_publishesBeforeItSigns() {
    Instant now = day(30).minus(KeySchedule.PUBLISHED_AHEAD);

    assertThat(schedule.nextStart(List.of(START), now)).isEqualTo(day(30));
  }

  @Test
  void nextStart_nextKeyIsThere_isNotDue() {
    assertThat(schedule.nextStart(List.of(START, day(30)), day(30))).isNull();
  }

  @Test
  void signer_nextKeyOnlyPublished_isTheOldOne() {
    SigningKey old = key("old", START);
    SigningKey next = key("next", day(30));

    assertThat(schedule.signer(List.of(old, next), day(29.9))).isEqualTo(old);
    assertThat(schedule.signer(List.of(old, next), day(30))).isEqualTo(next);
  }

  @Test
  void signer_clockBehindThatOfTheMaker_isTheFirstKey() {
    SigningKey first = key("first", START);

    assertThat(schedule.signer(List.of(first), START.minusSeconds(5))).isEqualTo(first);
  }

  @Test
  void retired_successorSigns_keepsTheOldKeyAsLongAsItsTokensLive() {
    SigningKey old = key("old", START);
    SigningKey next = key("next", day(30));

    assertThat(schedule.retired(List.of(old, next), day(30).plus(Duration.ofHours(25)))).isEmpty();
    assertThat(schedule.retired(List.of(old, next), day(30).plus(Duration.ofHours(26))))
        .containsExactly(old);
  }

  @Test
  void retired_onlyKey_stays() {
    assertThat(schedule.retired(List.of(key("only", START)), day(4000))).isEmpty();
  }
}
