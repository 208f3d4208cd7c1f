package dev.starling.policy.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.policy.rule.Match;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherTest {
  private static final PolicyRoute USER =
      new PolicyRoute("GET", "/v1/users/{id}", "users.get", false);
  private static final PolicyRoute PING = new PolicyRoute("GET", "/v1/ping", "ping.get", true);

  @ParameterizedTest
  @CsvSource({
    "/v1/users/{id}, true",
    "/v1/users/{other}, true",
    "/v1/users/*, true",
    "/v1/*/{id}, true",
    "/v1/**, true",
    "/**, true",
    "/v1/users/{id}/**, true",
    "/v1/users, false",
    "/v1/users/42, false",
    "/v1/users/*/orders, false",
    "/v2/**, false",
    "/, false",
    "/{version}/users/{id}, false"
  })
  void path_pattern_isComparedWithTheTemplate(String pattern, boolean fits) {
    assertThat(PathPattern.parse(pattern).matches(USER.path())).isEqualTo(fits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "/v1/", "//", "/v1/**/x", "/v1/a*", "/v1/{Id}", "/v1/ x"})
  void path_malformed_isRefused(String text) {
    assertThat(PathPattern.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "users.get, true",
    "users.*, true",
    "*.get, true",
    "*, true",
    "u*s.g*t, true",
    "users, false",
    "*.list, false"
  })
  void operation_pattern_standsForAnyCharacters(String pattern, boolean fits) {
    assertThat(OperationPattern.matches(pattern, "users.get")).isEqualTo(fits);
  }

  @Test
  void mismatch_severalKeysFail_namesTheFirst() {
    Matcher matcher = Matcher.of(match(List.of("POST", "PUT"), List.of("/v2/**"), List.of()));

    assertThat(matcher.mismatch(USER)).isEqualTo("method: GET (the rule has: POST, PUT)");
  }

  @Test
  void mismatch_openRouteAndRuleForATier_saysThatNobodySignsIn() {
    Matcher matcher = Matcher.of(callers(List.of(), List.of("gold"), List.of()));

    assertThat(matcher.mismatch(PING)).startsWith("the route is open");
    assertThat(matcher.mismatch(USER)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, true",
    "::ffff:10.1.2.3, true",
    "11.0.0.1, false",
    "fd00::1, true",
    "fe80::1, false",
    "nonsense, false",
    "'', false"
  })
  void fits_network_isComparedBitByBit(String address, boolean fits) {
    Matcher matcher = Matcher.of(callers(List.of(), List.of(), List.of("10.0.0.0/8", "fd00::/8")));

    assertThat(matcher.fits(new Caller("ada", "", "", address))).isEqualTo(fits);
    assertThat(matcher.mismatch(new Caller("ada", "", "", address)) == null).isEqualTo(fits);
  }

  @Test
  void fits_valuesOfOneKey_needOneOfThem_keysNeedAll() {
    Matcher matcher = Matcher.of(callers(List.of("ada", "bob"), List.of("gold"), List.of()));

    assertThat(matcher.fits(new Caller("bob", "", "gold", ""))).isTrue();
    assertThat(matcher.fits(new Caller("bob", "", "free", ""))).isFalse();
    assertThat(matcher.mismatch(new Caller("bob", "", "free", "")))
        .isEqualTo("tier: free (the rule has: gold)");
    assertThat(matcher.mismatch(Caller.UNKNOWN))
        .isEqualTo("consumer: none (the rule has: ada, bob)");
  }

  @Test
  void find_pathOfARequest_prefersTheLiteralTemplate() {
    PolicyRoute me = new PolicyRoute("GET", "/v1/users/me", "users.me", false);

    assertThat(PolicyRoute.find(List.of(USER, me), "GET", "/v1/users/me")).contains(me);
    assertThat(PolicyRoute.find(List.of(USER, me), "GET", "/v1/users/42")).contains(USER);
    assertThat(PolicyRoute.find(List.of(USER, me), "GET", "/v1/users/{id}")).contains(USER);
    assertThat(PolicyRoute.find(List.of(USER, me), "PUT", "/v1/users/42")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "proxy.example", "::/129", "/8", ""})
  void cidr_notANetwork_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected: a network such as 10.0.0.0/8 or fd00::/8)");
  }

  private static Match match(List<String> method, List<String> path, List<String> operation) {
    return new Match(method, path, operation, List.of(), List.of(), List.of(), List.of());
  }

  private static Match callers(List<String> consumer, List<String> tier, List<String> ip) {
    return new Match(List.of(), List.of(), List.of(), consumer, List.of(), tier, ip);
  }
}
