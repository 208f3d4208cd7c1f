package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpConfigTest {

  @Test
  void bind_nothing_isTheDefaults() {
    assertThat(bind("{}")).isEqualTo(HttpConfig.defaults());
  }

  @Test
  void bind_everything_isTaken() {
    HttpConfig config =
        bind(
            """
            {"host": "::1", "port": 1, "cors": {"origins": ["https://a.example:8443", "*"]},
             "max-uri-bytes": 100, "max-header-bytes": 300, "max-connections": 2,
             "max-in-flight": 3, "idle-timeout": "4s", "request-timeout": "5s",
             "max-request-timeout": "6s", "auth-timeout": "7ms", "limit-timeout": "8ms",
             "shutdown-grace": "9s", "trusted-proxies": ["10.0.0.0/8"], "docs": false,
             "access-log": {"enabled": true}}
            """);

    assertThat(config.host()).isEqualTo("::1");
    assertThat(config.cors().origins()).containsExactly("https://a.example:8443", "*");
    assertThat(config.requestTimeout()).hasSeconds(5);
    assertThat(config.trustedProxies()).containsExactly("10.0.0.0/8");
    assertThat(config.docs()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'port': 70000} | http.port: 70000 (expected: 0..65535)",
        "{'port': -1} | http.port: -1 (expected: 0..65535)",
        "{'host': ' '} | (expected: an address to listen on)",
        "{'max-uri-bytes': 1} | http.max-uri-bytes: 1 (expected: 64..65536)",
        "{'idle-timeout': '2h'} | http.idle-timeout: PT2H (expected: 1ms..1h)",
        "{'prot': 1} | http.prot: unknown key (did you mean port?)",
        "{'cors': {'origins': ['app.example.org']}} | origins: app.example.org (expected: scheme",
        "{'cors': {'origins': ['https://a/b']}} | origins: https://a/b (expected: scheme",
        "{'trusted-proxies': ['all']} | trusted-proxies: all (expected: a network such as",
        "{'tls': {'enabled': true}} | cert:  (expected: a readable PEM file)",
        "{'tls': {'enabled': true, 'cert': '/no.pem'}} | cert: /no.pem (expected: a readable"
      })
  void bind_badValue_saysWhatIsExpected(String json, String message) {
    assertThatThrownBy(() -> bind(json.replace('\'', '"')))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static HttpConfig bind(String json) {
    return Settings.bind(EdgeNode.json(json), HttpConfig.defaults(), "http");
  }
}
