package dev.starling.users;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

  @ParameterizedTest
  @CsvSource({
    "Ada@Example.ORG, ada@example.org",
    "a@b, a@b",
    "o'hara+tag@mail.example.org, o'hara+tag@mail.example.org",
    "用户@例子.广告, 用户@例子.广告",
    "STRASSE@ß.de, strasse@ß.de",
    // A letter with its accent in one or in two code points.
    "\u00c9lise@x.org, \u00e9lise@x.org",
    "E\u0301lise@x.org, \u00e9lise@x.org",
    // Lower case takes this letter apart.
    "\u0130@x.org, i\u0307@x.org",
  })
  void key_isComposedLowerCase(String written, String key) {
    assertThat(EmailAddress.parse(written)).isEqualTo(new EmailAddress(written, key));
    assertThat(EmailAddress.parse(key)).isEqualTo(new EmailAddress(key, key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "a@",
        "@b",
        "ab",
        "a@b@c",
        "a b@c",
        "a@b c",
        " a@b",
        "a@b ",
        "a@.b",
        "a@b.",
        "a@b..c",
        "a\u0000@b",
        "a@b\n",
        "a\u00a0@b",
        "\ud800@b",
        "a@\udc00"
      })
  void parse_noAddress_isNull(String text) {
    assertThat(EmailAddress.parse(text)).isNull();
  }

  @Test
  void parse_tooLong_isNull() {
    assertThat(EmailAddress.parse("a".repeat(64) + "@b")).isNotNull();
    assertThat(EmailAddress.parse("a".repeat(65) + "@b")).isNull();
    assertThat(EmailAddress.parse("a@" + "b".repeat(252))).isNotNull();
    assertThat(EmailAddress.parse("a@" + "b".repeat(253))).isNull();
  }

  @Test
  void parse_longNonsense_endsAtOnce() {
    assertThat(EmailAddress.parse("a@" + "b.".repeat(126))).isNull();
    assertThat(EmailAddress.parse("a@".repeat(500_000))).isNull();
  }
}
