package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Bound.Valid;
import dev.starling.sdk.Bound.Wrong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryStringTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~               | {}",
        "a=1              | {'a':'1'}",
        "a=1&b=2          | {'a':'1','b':'2'}",
        "&a=1&&b=2&       | {'a':'1','b':'2'}",
        "a                | {'a':''}",
        "a=               | {'a':''}",
        "a=b=c            | {'a':'b=c'}",
        "a=x+y            | {'a':'x y'}",
        "a=x%2By+z        | {'a':'x+y z'}",
        "a%5B0%5D=%26%3D  | {'a[0]':'&='}",
        "a=%C3%A9%e2%82%ac | {'a':'é€'}",
        "a=%F0%9F%98%80   | {'a':'😀'}",
        "a=é%20é          | {'a':'é é'}",
      })
  void parse_good_givesDecodedFields(String query, String json) {
    assertThat(QueryString.parse(query))
        .isInstanceOfSatisfying(
            Valid.class,
            valid ->
                assertThat(((ObjectNode) valid.value()).toString().replace('"', '\''))
                    .isEqualTo(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%2",
        "a=%zz",
        "a=%-1",
        "a=%+1",
        "%zz=1",
        "a=%ff",
        "a=%C3",
        "a=%C0%AF",
        "a=%ED%A0%80",
        "a=%C3%C3%A9"
      })
  void parse_badEncoding_isMalformed(String query) {
    Wrong<?> wrong = wrong(query);
    assertThat(wrong.refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(wrong.detail()).isEqualTo("query: " + query + " (expected: percent-encoded UTF-8)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=1&a=1", "a=1&b=2&a=2", "a&a", "a=1&%61=2"})
  void parse_duplicate_isMalformed(String query) {
    Wrong<?> wrong = wrong(query);
    assertThat(wrong.refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(wrong.detail()).isEqualTo("query: a is given twice (expected: once)");
  }

  @Test
  void parse_longAndHostile_saysSoBriefly() {
    String name = "%00" + "x".repeat(5_000);
    assertThat(wrong(name + "&" + name).detail()).hasSizeLessThan(300).doesNotContain("\0");
  }

  private static Wrong<?> wrong(String query) {
    assertThat(QueryString.parse(query)).isInstanceOf(Wrong.class);
    return (Wrong<?>) QueryString.parse(query);
  }
}
