package dev.starling.policy.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CacheKeyTest {
  private static final Request REQUEST = new Request("a.get", List.of("1"), "", Map.of(), "u", "t");

  @Test
  void key_queryInAnotherOrder_isTheSame() {
    assertThat(key(query("b=2&a=1&c"))).isEqualTo(key(query("c&a=1&b=2")));
  }

  @Test
  void key_sameParameterInAnotherOrder_isAnother() {
    assertThat(key(query("a=1&a=2"))).isNotEqualTo(key(query("a=2&a=1")));
  }

  @Test
  void key_partsThatRunIntoEachOther_areTold() {
    assertThat(key(path("a", "b"))).isNotEqualTo(key(path("a/1:b")));
    assertThat(key(path("a", ""))).isNotEqualTo(key(path("a")));
    assertThat(key(path("/1:b"))).isNotEqualTo(key(path("", "b")));
  }

  @Test
  void key_callers_areToldApartOnlyWhereTheRuleSaysSo() {
    Request other = new Request("a.get", List.of("1"), "", Map.of(), "v", "s");

    assertThat(key(REQUEST)).isEqualTo(key(other));
    assertThat(key(REQUEST, "consumer")).isNotEqualTo(key(other, "consumer"));
    assertThat(key(REQUEST, "tenant")).isNotEqualTo(key(other, "tenant"));
  }

  @Test
  void key_header_isToldApartWhereTheRuleSaysSo() {
    Request german = header("accept-language", "de");
    Request french = header("accept-language", "fr");

    assertThat(key(german)).isEqualTo(key(french));
    assertThat(key(german, "accept-language")).isNotEqualTo(key(french, "accept-language"));
  }

  @Test
  void key_absent_isNotEmpty() {
    assertThat(key(header("accept", ""), "accept")).isNotEqualTo(key(REQUEST, "accept"));
  }

  private static CacheKey key(Request request, String... vary) {
    CacheRule rule =
        new CacheRule(
            "test",
            Match.EVERYTHING,
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ZERO,
            List.of(vary),
            1,
            1,
            CacheRule.Store.LOCAL,
            true);
    return CacheKey.of(rule, request);
  }

  private static Request query(String query) {
    return new Request("a.get", List.of(), query, Map.of(), null, null);
  }

  private static Request path(String... values) {
    return new Request("a.get", List.of(values), "", Map.of(), null, null);
  }

  private static Request header(String name, String value) {
    return new Request("a.get", List.of("1"), "", Map.of(name, value), "u", "t");
  }

  private record Request(
      String operation,
      List<String> path,
      String query,
      Map<String, String> headers,
      @Nullable String consumer,
      @Nullable String tenant)
      implements Asked {
    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }
  }
}
