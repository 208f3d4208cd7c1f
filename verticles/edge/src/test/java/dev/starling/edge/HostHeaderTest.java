package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostHeaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.b-c_d:80",
        "127.0.0.1",
        "127.0.0.1:65535",
        "[::1]",
        "[::ffff:1.2.3.4]:1",
        "a:0"
      })
  void host_good_isAnAuthority(String host) {
    assertThat(HostHeader.isAuthority(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:",
        "a:b",
        "a:65536",
        "a:123456",
        "a:1:2",
        "u@a",
        "a/b",
        "a b",
        "a,b",
        "[]",
        "[::1",
        "::1",
        "[::1]x",
        "[g]",
        "a\u0000",
        "é",
        "a\r\nb",
        "a:-1",
        "a:+1"
      })
  void host_bad_isNoAuthority(String host) {
    assertThat(HostHeader.isAuthority(host)).isFalse();
    assertThat(HostHeader.isAuthority("a".repeat(300))).isFalse();
  }
}
