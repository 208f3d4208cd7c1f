package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final AllowedHosts NONE = new AllowedHosts(List.of());

  @Test
  void read_httpsUrl_isUsable() {
    assertThat(Target.read("https://Hooks.example.org/in/1?key=a%20b", NONE))
        .isEqualTo(
            new Target.Usable(
                new Target(true, "Hooks.example.org", 443, "/in/1?key=a%20b", false)));
    assertThat(Target.read("https://hooks.example.org:8443", NONE))
        .isEqualTo(new Target.Usable(new Target(true, "hooks.example.org", 8443, "/", false)));
  }

  @ParameterizedTest
  @CsvSource({
    "'',                             the url has the scheme",
    "'https://a b/',                 the url is no URL",
    "http://example.org/,            'the url is not https, and example.org:80 is not in'",
    "ftp://example.org/,             the url has the scheme ftp",
    "file:///etc/passwd,             the url has the scheme file",
    "//example.org/,                 the url has the scheme",
    "https:///path,                  the url names no host",
    "https://exa_mple.org/,          the url names no host",
    "https://ex\u00e4mple.org/,      the url names no host",
    "https://user:pw@example.org/,   the url has a user",
    "https://example.org/#part,      the url has a user or a fragment",
    "https://example.org:0/,         the url has the port 0",
    "https://example.org:99999/,     the url has the port 99999"
  })
  void read_urlThatCannotBeUsed_saysWhy(String url, String reason) {
    assertThat(Target.read(url, NONE))
        .isInstanceOfSatisfying(
            Target.Refused.class, refused -> assertThat(refused.reason()).startsWith(reason));
  }

  @Test
  void read_urlWithoutEnd_isRefusedUnread() {
    assertThat(Target.read("https://example.org/" + "a".repeat(2048), NONE))
        .isInstanceOf(Target.Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8080,       http://localhost:8080/,      true",
    "localhost:8080,       http://LOCALHOST:8080/,      true",
    "localhost:8080,       http://localhost:8081/,      false",
    "localhost:*,          http://localhost:1/,         true",
    "*.example.test:80,    http://a.b.example.test/,    true",
    "*.example.test:80,    http://example.test/,        false",
    "*.example.test:80,    http://badexample.test/,     false",
    "[::1]:80,             http://[::1]/,               true",
    "127.0.0.1:80,         http://127.1/,               false"
  })
  void read_clearText_isForAllowedHostsOnly(String pattern, String url, boolean usable) {
    assertThat(Target.read(url, new AllowedHosts(List.of(pattern))) instanceof Target.Usable)
        .isEqualTo(usable);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "*:80", "a b:80", "http://localhost:80", "host:port", ""})
  void allow_patternThatIsNone_isRefused(String pattern) {
    assertThatThrownBy(() -> new AllowedHosts(List.of(pattern)))
        .hasMessage("allow: " + pattern + " (expected: host:port, *.domain:port or host:*)");
  }
}
