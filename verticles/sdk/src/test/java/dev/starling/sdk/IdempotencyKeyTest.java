package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

  @Test
  void parse_quotedOrNot_isTheSame() {
    assertThat(IdempotencyKey.parse("\"8e03-1\"")).isEqualTo("8e03-1");
    assertThat(IdempotencyKey.parse(" 8e03-1 ")).isEqualTo("8e03-1");
    assertThat(IdempotencyKey.parse("\"a \\\"b\\\\\"")).isEqualTo("a \"b\\");
  }

  @Test
  void parse_length_isBounded() {
    String longest = "k".repeat(255);

    assertThat(IdempotencyKey.parse(longest)).isEqualTo(longest);
    assertThat(IdempotencyKey.parse("\"" + longest + "\"")).isEqualTo(longest);
    assertThat(IdempotencyKey.parse(longest + "k")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "\"\"", "\"", "\"open", "\"a\"b\"", "\"a\\\"", "\"a\\b\"", "ü", "a\tb"})
  void parse_noKey_isNull(String header) {
    assertThat(IdempotencyKey.parse(header)).isNull();
  }
}
