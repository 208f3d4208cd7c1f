package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterConfigTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void defaults_nothingConfigured_areTheShippedPolicies() {
    RateLimiterConfig config = bind("{}");

    assertThat(config).isEqualTo(RateLimiterConfig.defaults());
    assertThat(config.enabled()).isTrue();
    assertThat(config.maxKeys()).isEqualTo(200_000);
    assertThat(config.ipv6Prefix()).isEqualTo(64);
    assertThat(config.policies())
        .extracting(PolicyConfig::name)
        .containsExactly("default", "sign-in", "sign-up", "token-refresh");
  }

  @Test
  void bind_everyKey_isRead() {
    RateLimiterConfig config =
        bind(
            """
            enabled: false
            max-keys: 5000
            ipv6-prefix: 48
            policies:
              - name: reports
                per: [consumer, route]
                routes: [reports.*, exports.get]
                windows:
                  - {quota: 5, window: 1s, burst: 10}
                  - {quota: 100, window: 1h}
            """);

    assertThat(config.enabled()).isFalse();
    assertThat(config.maxKeys()).isEqualTo(5_000);
    assertThat(config.ipv6Prefix()).isEqualTo(48);
    assertThat(config.policies())
        .last()
        .isEqualTo(
            new PolicyConfig(
                "reports",
                List.of(KeyPart.CONSUMER, KeyPart.ROUTE),
                List.of("reports.*", "exports.get"),
                List.of(
                    new WindowConfig(5, Duration.ofSeconds(1), 10L),
                    WindowConfig.of(100, Duration.ofHours(1)))));
  }

  @Test
  void bind_singleValues_areListsOfOne() {
    RateLimiterConfig config =
        bind("policies: [{name: a, per: ip, routes: a.b, windows: [{quota: 1, window: 90s}]}]");

    assertThat(config.policies().get(4).per()).containsExactly(KeyPart.IP);
    assertThat(config.policies().get(4).routes()).containsExactly("a.b");
  }

  @Test
  void bind_ownPolicy_keepsTheShippedOnes() {
    assertThat(bind("policies: [{name: a, per: ip, windows: [{quota: 1, window: 1s}]}]").policies())
        .extracting(PolicyConfig::name)
        .containsExactly("default", "sign-in", "sign-up", "token-refresh", "a");
  }

  @Test
  void bind_nameOfAShippedPolicy_replacesIt() {
    RateLimiterConfig config =
        bind(
            """
            policies:
              - {name: sign-in, per: ip, routes: [auth.token], windows: [{quota: 5, window: 1m}]}
              - {name: default, windows: []}
            """);

    assertThat(config.policies())
        .extracting(PolicyConfig::name)
        .containsExactly("sign-up", "token-refresh", "sign-in", "default");
    assertThat(config.policies().get(2).windows().get(0).quota()).isEqualTo(5);
    assertThat(config.policies().get(3).windows()).isEmpty();
  }

  @Test
  void bind_whatWasPrinted_isTheSame() {
    RateLimiterConfig config =
        bind("policies: [{name: a, per: ip, windows: [{quota: 1, window: 90s}]}]");

    assertThat(Settings.bind(Settings.toTree(config), RateLimiterConfig.defaults(), ""))
        .isEqualTo(config);
  }

  @Test
  void bind_exampleInTheDecisionRecord_isValid() throws IOException {
    String text = Files.readString(Path.of("../../docs/adr/0008-rate-limiter.md"));
    int start = text.indexOf("```yaml\n") + "```yaml\n".length();
    String yaml = text.substring(start, text.indexOf("```", start));

    RateLimiterConfig config =
        Settings.bind(
            YAML.readTree(yaml).get("rate-limiter"), RateLimiterConfig.defaults(), "rate-limiter");

    assertThat(config.policies())
        .extracting(PolicyConfig::name)
        .containsExactly("sign-in", "sign-up", "default", "exports", "token-refresh");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          max-keys: 10 | rate-limiter.max-keys: 10 (expected: 1024..50000000)
          max-kyes: 10 | rate-limiter.max-kyes: unknown key (did you mean max-keys?)
          ipv6-prefix: 128 | rate-limiter.ipv6-prefix: 128 (expected: 16..64)
          policies: [{per: ip, windows: []}] | rate-limiter.policies.0.name: missing (expected: 1..64 lower-case letters, digits and hyphens)
          policies: [{name: Big, windows: []}] | rate-limiter.policies.0.name: 'Big' (expected: 1..64 lower-case letters, digits and hyphens)
          policies: [{name: a, per: ip}] | rate-limiter.policies.0.windows: missing (expected: a list of at most 4, empty to turn the policy off)
          policies: [{name: a, windows: [{quota: 1, window: 1s}]}] | rate-limiter.policies.0.per: [] (expected: some of consumer, route and ip, each at most once)
          policies: [{name: a, per: [ip, ip], windows: []}] | rate-limiter.policies.0.per: [ip, ip] (expected: some of consumer, route and ip, each at most once)
          policies: [{name: a, per: user, windows: []}] | rate-limiter.policies.0.per.0: user (expected: consumer, route or ip)
          policies: [{name: a, per: ip, windows: [{quota: 0, window: 1s}]}] | rate-limiter.policies.0.windows.0.quota: 0 (expected: 1..1000000000)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: 1s, burst: 0}]}] | rate-limiter.policies.0.windows.0.burst: 0 (expected: 1..1000000000)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: 500ms}]}] | rate-limiter.policies.0.windows.0.window: PT0.5S (expected: whole seconds, 1s..366d)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: 367d}]}] | rate-limiter.policies.0.windows.0.window: PT8808H (expected: whole seconds, 1s..366d)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: soon}]}] | rate-limiter.policies.0.windows.0.window: soon (expected: a duration such as 250ms, 5s, 2m or 1h)
          policies: [{name: a, per: ip, windows: [{quota: 1}]}] | rate-limiter.policies.0.windows.0.window: missing (expected: whole seconds, 1s..366d)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: 30d, burst: 13}]}] | rate-limiter.policies.0.windows.0.burst: 13 (expected: refilled by the quota within 366 days)
          policies: [{name: a, per: ip, windows: [{quota: 1, window: 60s}, {quota: 2, window: 1m}]}] | rate-limiter.policies.0.windows: two of 1m (expected: each length once)
          policies: [{name: a, per: ip, routes: [x y], windows: []}] | rate-limiter.policies.0.routes: 'x y' (expected: an operation's id such as users.get or auth.*)
          policies: [{name: a, windows: []}, {name: a, windows: []}] | rate-limiter.policies: two named 'a' (expected: each name once)
          policies: [{name: sign-up-1h, per: ip, windows: [{quota: 1, window: 1s}]}] | rate-limiter.policies: 'sign-up-1h' names two windows (expected: no policy named like a window of another)
          policies: [null] | rate-limiter.policies: an empty entry (expected: a policy)
          policies: [{name: a, per: ip, windows: [null]}] | rate-limiter.policies.0.windows: an empty entry (expected: a window)
          policies: [{name: a, per: [null], windows: []}] | rate-limiter.policies.0.per: an empty entry (expected: consumer, route or ip)
          policies: null | rate-limiter.policies: missing (expected: a list of at most 100)
          """)
  void bind_mistake_isNamedWithWhatIsExpected(String yaml, String message) {
    assertThatThrownBy(() -> bind(yaml)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  private static RateLimiterConfig bind(String yaml) {
    try {
      JsonNode section = YAML.readTree(yaml);
      return Settings.bind(section, RateLimiterConfig.defaults(), "rate-limiter");
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
