package dev.starling.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisFilterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":\"x y\"}              | .a == \"x y\"",
        "{\"a\":[1,2.5,\"z\"]}        | .a in [1,2.5,\"z\"]",
        "{\"a\":true,\"b_2\":false}   | .a == 1 and .b_2 == 0",
        "{\"a\":[7]}                  | .a == 7"
      })
  void expression_ofAFilter_saysTheSame(String filter, String expression) {
    assertThat(RedisFilter.expression(parsed(filter))).isEqualTo(new Checked.Valid<>(expression));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a b\":1}",
        "{\"a\":\"x\\\" or 1 == 1\"}",
        "{\"a\":\"x\\\\\"}",
        "{\"é\":1}",
        "{\"a\":\"x\\ny\"}",
        "{\"a\":[\"fine\",\"\\\"\"]}"
      })
  void expression_whatRedisCannotSay_isRefused(String filter) {
    assertThat(RedisFilter.expression(parsed(filter))).isInstanceOf(Checked.Wrong.class);
  }

  private static Filter parsed(String json) {
    return ((Checked.Valid<Filter>) Filter.parse(json)).value();
  }
}
