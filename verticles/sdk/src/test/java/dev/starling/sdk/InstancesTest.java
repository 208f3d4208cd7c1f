package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstancesTest {
  @Test
  void parse_goodText_readsBackAsWritten() {
    assertThat(Instances.parse("per-loop")).isEqualTo(Instances.PER_LOOP).hasToString("per-loop");
    assertThat(Instances.parse("1")).isEqualTo(new Instances(1)).hasToString("1");
    assertThat(Instances.parse("1024").count()).isEqualTo(1024);
    assertThat(Instances.PER_LOOP.isPerLoop()).isTrue();
    assertThat(new Instances(1).isPerLoop()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1025", "99999999999", "many", "1.5", "per loop"})
  void parse_badText_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> Instances.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("instances: " + text + " (expected: 1..1024 or per-loop)");
  }
}
