package dev.starling.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUriTest {

  @Test
  void parse_hostAlone_isTheDefaultPortAndDatabase() {
    assertThat(RedisUri.parse("redis://cache.example"))
        .isEqualTo(new RedisUri(false, "cache.example", 6379, null, null, 0));
  }

  @Test
  void parse_everything_isRead() {
    RedisUri uri = RedisUri.parse("rediss://limits:p%40ss+word@[2001:db8::7]:6380/3");

    assertThat(uri).isEqualTo(new RedisUri(true, "[2001:db8::7]", 6380, "limits", "p@ss+word", 3));
    assertThat(uri.connectionString()).isEqualTo("rediss://[2001:db8::7]:6380/3");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://:secret@h, redis://:****@h:6379/0",
    "redis://ann:secret@h/1, redis://ann:****@h:6379/1",
    "redis://h, redis://h:6379/0"
  })
  void toString_password_isMasked(String uri, String shown) {
    assertThat(RedisUri.parse(uri)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "http://h, scheme http",
    "redis:///1, host missing",
    "redis://h/one, path /one",
    "redis://ann@h, user without a password",
    "redis://h?timeout=1, parameters",
    "redis://h:secret with blanks, malformed at index"
  })
  void parse_mistake_isNamedWithoutThePassword(String uri, String named) {
    assertThatThrownBy(() -> RedisUri.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("uri: " + named)
        .hasMessageContaining("(expected: redis://")
        .message()
        .doesNotContain("secret");
  }
}
