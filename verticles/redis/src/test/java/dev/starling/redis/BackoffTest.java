package dev.starling.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofMillis(50), Duration.ofMillis(800), new Random(1));

  @Test
  void next_attemptAfterAttempt_growsToItsBoundAndIsNeverTheSameForAll() {
    for (long whole : new long[] {50, 100, 200, 400, 800, 800, 800}) {
      assertThat(backoff.nextMillis()).isBetween(whole / 2, whole);
    }
  }

  @Test
  void reset_afterALongOutage_beginsAnew() {
    for (int i = 0; i < 10; i++) {
      assertThat(backoff.nextMillis()).isPositive();
    }
    backoff.reset();

    assertThat(backoff.nextMillis()).isBetween(25L, 50L);
  }
}
