package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void take_severalInstances_oneAnInterval() {
    Turns turns = new Turns(Duration.ofNanos(1_000), 5_000);

    assertThat(turns.take(5_000)).isTrue();
    assertThat(turns.take(5_000)).isFalse();
    assertThat(turns.take(5_899)).isFalse();
    assertThat(turns.take(5_900)).as("a timer that fires a little early").isTrue();
    assertThat(turns.take(6_000)).isFalse();
  }
}
