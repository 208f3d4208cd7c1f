package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(OrdersConfig.defaults()))
        .hasToString(
            """
            {"max-batch":128,"max-batches":6,"max-waiting":2000,"max-staleness":"1s"}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                """
                {"max-batch":1,"max-batches":2,"max-waiting":3,"max-staleness":"0s"}"""))
        .isEqualTo(new OrdersConfig(1, 2, 3, Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max-batch\":0}            | orders.max-batch: 0 (expected: 1..1000)",
        "{\"max-batches\":33}         | orders.max-batches: 33 (expected: 1..32)",
        "{\"max-waiting\":0}          | orders.max-waiting: 0 (expected: 1..100000)",
        "{\"max-staleness\":\"2h\"}   | orders.max-staleness: PT2H (expected: PT0S..PT1H)",
        "{\"max-bach\":1}             | orders.max-bach: unknown key (did you mean max-batch?)",
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static OrdersConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), OrdersConfig.defaults(), "orders");
  }
}
