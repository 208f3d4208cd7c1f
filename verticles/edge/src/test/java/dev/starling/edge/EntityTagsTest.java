package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityTagsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "*               | \"v1\"   | true",
        "\"v1\"          | \"v1\"   | true",
        "W/\"v1\"        | \"v1\"   | true",
        "\"v1\"          | W/\"v1\" | true",
        "\"v0\", \"v1\"  | \"v1\"   | true",
        "\"v0\",W/\"v1\" | \"v1\"   | true",
        "\"v10\"         | \"v1\"   | false",
        "\"v\"           | \"v1\"   | false",
        "v1              | \"v1\"   | false",
        "\"v1            | \"v1\"   | false",
        "\"a, b\"        | \"b\"    | false",
      })
  void matches_weakly(String ifNoneMatch, String tag, boolean expected) {
    assertThat(EntityTags.matches(ifNoneMatch, tag)).isEqualTo(expected);
  }
}
