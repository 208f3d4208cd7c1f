package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  enum Mode {
    FAST,
    VERY_SAFE
  }

  record Inner(String host, int port) {
    Inner {
      if (port < 1) {
        throw new IllegalArgumentException("port: " + port + " (expected: >= 1)");
      }
    }
  }

  record Config(
      boolean enabled,
      int maxKeys,
      long maxBytes,
      double share,
      Duration idleTimeout,
      Mode mode,
      Secret apiKey,
      String title,
      Inner server,
      List<Inner> peers,
      Map<String, Inner> policies,
      Map<String, Instances> instances) {

    Config {
      if (maxKeys < 1) {
        throw new IllegalArgumentException("max-keys: " + maxKeys + " (expected: >= 1)");
      }
      if (title.isBlank()) {
        throw new IllegalArgumentException("a title is needed");
      }
      peers = List.copyOf(peers);
    }
  }

  private static final Config DEFAULTS =
      new Config(
          true,
          10,
          1L << 40,
          0.5,
          Duration.ofMillis(1500),
          Mode.FAST,
          Secret.NONE,
          "t",
          new Inner("localhost", 80),
          List.of(),
          Map.of("read", new Inner("a", 1)),
          Map.of("users", Instances.PER_LOOP));

  @Test
  void bind_nothing_isTheDefaults() {
    assertThat(Settings.bind(MissingNode.getInstance(), DEFAULTS, "s")).isEqualTo(DEFAULTS);
    assertThat(Settings.bind(NullNode.getInstance(), DEFAULTS, "s")).isEqualTo(DEFAULTS);
    assertThat(bind("{}")).isEqualTo(DEFAULTS);
    assertThat(bind("server:\npolicies:\n")).isEqualTo(DEFAULTS);
  }

  @Test
  void bind_some_laysThemOverTheDefaults() {
    Config config =
        bind(
            """
            enabled: false
            max-keys: "12"
            idle-timeout: 2m
            mode: very-safe
            api-key: hunter2
            server: {port: 8080}
            peers: [{host: b, port: 2}]
            policies: {write: {host: c, port: 3}, read: {port: 9}}
            instances: {auth: 2, users: per-loop}
            """);

    assertThat(config.enabled()).isFalse();
    assertThat(config.maxKeys()).isEqualTo(12);
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.mode()).isEqualTo(Mode.VERY_SAFE);
    assertThat(config.apiKey()).isEqualTo(new Secret("hunter2"));
    assertThat(config.server()).isEqualTo(new Inner("localhost", 8080));
    assertThat(config.peers()).containsExactly(new Inner("b", 2));
    assertThat(config.policies())
        .isEqualTo(Map.of("read", new Inner("a", 9), "write", new Inner("c", 3)));
    assertThat(config.instances())
        .isEqualTo(Map.of("auth", new Instances(2), "users", Instances.PER_LOOP));
    assertThat(config.maxBytes()).isEqualTo(DEFAULTS.maxBytes());
  }

  @Test
  void bind_whatWasWritten_readsTheSame() {
    Config config = bind("{api-key: hunter2, idle-timeout: 90s, max-keys: 3}");

    assertThat(Settings.bind(Settings.toTree(config), DEFAULTS, "s")).isEqualTo(config);
  }

  @Test
  void secrets_shown_areMaskedButBoundInFull() {
    Config config = bind("api-key: hunter2");

    assertThat(Settings.toMaskedTree(config).path("api-key").asText()).isEqualTo("****");
    assertThat(Settings.toTree(config).path("api-key").asText()).isEqualTo("hunter2");
    assertThat(config.toString()).contains("****").doesNotContain("hunter2");
    assertThat(new String(Json.toBytes(config.apiKey()), StandardCharsets.UTF_8))
        .isEqualTo("\"****\"");
    assertThat(Settings.toMaskedTree(DEFAULTS).path("api-key").asText()).isEmpty();
    assertThat(bind("api-key: 12345").apiKey()).isEqualTo(new Secret("12345"));
    assertThat(bind("api-key:").apiKey()).isEqualTo(Secret.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-key: 1               | s.max-key: unknown key (did you mean max-keys?)",
        "maxKeys: 1               | s.maxKeys: unknown key (did you mean max-keys?)",
        "server: {prot: 1}        | s.server.prot: unknown key (did you mean port?)",
        "server: {nonsense: 1}    | s.server.nonsense: unknown key (expected one of: host, port)",
        "policies: {x: {host: a, port: 1, hots: 1}} | s.policies.x.hots: unknown key (did you mean host?)",
        "max-keys: 0              | s.max-keys: 0 (expected: >= 1)",
        "title: ' '               | s: a title is needed",
        "server: {port: 0}        | s.server.port: 0 (expected: >= 1)",
        "peers: [{host: a, port: 1}, {host: b, port: 0}] | s.peers.1.port: 0 (expected: >= 1)",
        "policies: {x: {host: a, port: 0}}  | s.policies.x.port: 0 (expected: >= 1)",
        "instances: {users: many} | s.instances.users: many (expected: 1..1024 or per-loop)",
        "max-keys: many           | s.max-keys: many (expected: an integer of at most 32 bits)",
        "max-keys: 1.5            | s.max-keys: 1.5 (expected: an integer of at most 32 bits)",
        "max-keys: 3000000000     | s.max-keys: 3000000000 (expected: an integer of at most 32 bits)",
        "max-keys: ''             | s.max-keys:  (expected: an integer of at most 32 bits)",
        "max-keys: [1]            | s.max-keys: a list (expected: an integer of at most 32 bits)",
        "max-keys:                | s.max-keys: empty (expected: an integer of at most 32 bits)",
        "max-bytes: x             | s.max-bytes: x (expected: an integer)",
        "share: x                 | s.share: x (expected: a number)",
        "enabled: 1               | s.enabled: 1 (expected: true or false)",
        "enabled: maybe           | s.enabled: maybe (expected: true or false)",
        "mode: slow               | s.mode: slow (expected: one of fast, very-safe)",
        "mode: 1                  | s.mode: 1 (expected: one of fast, very-safe)",
        "idle-timeout: 5          | s.idle-timeout: 5 (expected: a duration such as 250ms, 5s, 2m or 1h)",
        "idle-timeout: {}         | s.idle-timeout: keys (expected: a duration such as 250ms, 5s, 2m or 1h)",
        "idle-timeout: 99999999d  | s.idle-timeout: 99999999d (expected: at most 36500d)",
        "api-key: [a]             | s.api-key: a secret (expected: text)",
        "title:                   | s.title: empty (expected: a value)",
        "server: 5                | s.server: 5 (expected: a section with keys)",
        "peers: x                 | s.peers: x (expected: a list)",
        "policies: []             | s.policies: a list (expected: a section with keys)",
      })
  void bind_mistake_isOneLineWithTheWholeKey(String yaml, String message) {
    assertThatThrownBy(() -> bind(yaml)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  @Test
  void bind_atTheRoot_keysHaveNoSection() {
    assertThatThrownBy(() -> Settings.bind(yaml("max-keys: 0"), DEFAULTS, ""))
        .hasMessage("max-keys: 0 (expected: >= 1)");
    assertThatThrownBy(() -> Settings.bind(yaml("server: {port: 0}"), DEFAULTS, ""))
        .hasMessage("server.port: 0 (expected: >= 1)");
  }

  @Test
  void bind_notASection_isRefused() {
    assertThatThrownBy(() -> Settings.bind(yaml("5"), DEFAULTS, "s"))
        .hasMessage("s: 5 (expected: a section with keys)");
  }

  @Test
  void bind_secretOfTheWrongKind_isNotShown() {
    assertThatThrownBy(() -> bind("api-key: {hunter2: hunter2}"))
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "250ms,250",
    "5s,5000",
    "2m,120000",
    "1h,3600000",
    "1d,86400000",
    "0s,0",
    "' 5 s ',5000"
  })
  void duration_units_areRead(String text, long millis) {
    assertThat(Settings.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0,0s", "1,1ms", "1000,1s", "1500,1500ms", "60000,1m", "90000,90s", "7200000,2h"})
  void duration_written_isReadBack(long millis, String text) {
    assertThat(Settings.formatDuration(Duration.ofMillis(millis))).isEqualTo(text);
    assertThat(Settings.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-5s", "5 sec", "1.5s", "s", "PT5S", "9999999999999s"})
  void duration_other_isRefused(String text) {
    assertThatThrownBy(() -> Settings.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text + " (expected: a duration such as");
  }

  @Test
  void nearest_farFromAll_isNone() {
    List<String> known = List.of("max-keys", "max-bytes", "mode");

    assertThat(Settings.nearest("max-kesy", known)).isEqualTo("max-keys");
    assertThat(Settings.nearest("modes", known)).isEqualTo("mode");
    assertThat(Settings.nearest("zzz", known)).isNull();
  }

  private static Config bind(String yaml) {
    return Settings.bind(yaml(yaml), DEFAULTS, "s");
  }

  private static JsonNode yaml(String text) {
    try {
      return new YAMLMapper().readTree(text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
