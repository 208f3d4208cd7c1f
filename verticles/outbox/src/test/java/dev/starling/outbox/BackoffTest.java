package dev.starling.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @Test
  void afterMillis_moreAttempts_doublesUpToTheBound() {
    Backoff unshortened = new Backoff(FIRST, LONGEST, () -> 1);
    assertThat(unshortened.afterMillis(1)).isEqualTo(1_000);
    assertThat(unshortened.afterMillis(2)).isEqualTo(2_000);
    assertThat(unshortened.afterMillis(6)).isEqualTo(32_000);
    assertThat(unshortened.afterMillis(7)).isEqualTo(60_000);
    assertThat(unshortened.afterMillis(Integer.MAX_VALUE)).isEqualTo(60_000);
  }

  @Test
  void afterMillis_chance_shortensByUpToAHalf() {
    assertThat(new Backoff(FIRST, LONGEST, () -> 0).afterMillis(3)).isEqualTo(2_000);
    Random random = new Random(5);
    Backoff shortened = new Backoff(FIRST, LONGEST, random::nextDouble);
    assertThat(java.util.stream.LongStream.generate(() -> shortened.afterMillis(3)).limit(50))
        .allMatch(millis -> millis >= 2_000 && millis <= 4_000)
        .hasSizeGreaterThan(40);
  }

  @Test
  void byAgeMillis_olderEvent_waitsAsLongAgainUpToTheBound() {
    Backoff unshortened = new Backoff(FIRST, LONGEST, () -> 1);

    assertThat(unshortened.byAgeMillis(Duration.ofSeconds(-5))).isEqualTo(FIRST.toMillis());
    assertThat(unshortened.byAgeMillis(Duration.ofSeconds(7))).isEqualTo(7_000);
    assertThat(unshortened.byAgeMillis(Duration.ofDays(7))).isEqualTo(LONGEST.toMillis());
    assertThat(new Backoff(FIRST, LONGEST, () -> 0).byAgeMillis(Duration.ofSeconds(8)))
        .isEqualTo(4_000);
  }
}
