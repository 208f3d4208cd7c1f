package dev.starling.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import dev.starling.sink.SinkConfig.RedisStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(SinkConfig.defaults()))
        .hasToString("{\"types\":[],\"redis\":{\"stream\":\"\",\"max-length\":1000000}}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(bind("{\"types\":[\"a.b\"],\"redis\":{\"stream\":\"events\",\"max-length\":5}}"))
        .isEqualTo(new SinkConfig(List.of("a.b"), new RedisStream("events", 5)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"redis\":{\"stream\":\"events\"}} | types: none for the stream events (expected: e.g.",
        "{\"redis\":{\"max-length\":0}}      | max-length: 0 (expected: 1..100000000)"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static SinkConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), SinkConfig.defaults(), "sink");
  }
}
