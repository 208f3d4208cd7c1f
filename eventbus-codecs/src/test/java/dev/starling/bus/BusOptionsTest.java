package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BusOptionsTest {

  @Test
  void defaults_asDocumented_hold() {
    assertThat(BusOptions.defaults())
        .isEqualTo(new BusOptions(Duration.ofMillis(5), 8192, 4096, 256, 1_048_576));
  }

  @Test
  void options_outOfRange_nameValueAndExpectation() {
    Duration tick = Duration.ofMillis(10);
    assertThatThrownBy(() -> new BusOptions(Duration.ofNanos(999_999), 1, 1, 0, 1024))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tick: PT0.000999999S (expected: >= 1ms)");
    assertThatThrownBy(() -> new BusOptions(tick, 0, 1, 0, 1024))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max-in-flight: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new BusOptions(tick, 1, 1, 0, 1023))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max-body-bytes: 1023 (expected: >= 1024)");
  }
}
