package dev.starling.similaritems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarItemsConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(SimilarItemsConfig.defaults()))
        .hasToString("{\"collection\":\"products\",\"dimension\":384}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(bind("{\"collection\":\"b\",\"dimension\":8}"))
        .isEqualTo(new SimilarItemsConfig("b", 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"collection\":\"\"}  | similar-items.collection:  (expected: 1..64 of",
        "{\"dimension\":4097}   | similar-items.dimension: 4097 (expected: 1..4096)",
        "{\"colection\":\"a\"}  | similar-items.colection: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static SimilarItemsConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(
        Json.MAPPER.readTree(section), SimilarItemsConfig.defaults(), "similar-items");
  }
}
