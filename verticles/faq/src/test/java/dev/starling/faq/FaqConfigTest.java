package dev.starling.faq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaqConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(FaqConfig.defaults()))
        .hasToString(
            """
            {"knowledge-base":"","threshold":0.45,"collection":"faq","dimension":384}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                "{\"knowledge-base\":\"a.yaml\",\"threshold\":0.7,\"collection\":\"b\",\"dimension\":8}"))
        .isEqualTo(new FaqConfig("a.yaml", 0.7, "b", 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"threshold\":0}      | faq.threshold: 0.0 (expected: > 0 and <= 1)",
        "{\"threshold\":1.1}    | faq.threshold: 1.1 (expected: > 0 and <= 1)",
        "{\"collection\":\"A\"} | faq.collection: A (expected: 1..64 of",
        "{\"dimension\":0}      | faq.dimension: 0 (expected: 1..4096)",
        "{\"treshold\":1}       | faq.treshold: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static FaqConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), FaqConfig.defaults(), "faq");
  }
}
