package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutePatternTest {

  @ParameterizedTest
  @CsvSource({
    "auth.token, auth.token, true",
    "auth.token, auth.tokens, false",
    "auth.*, auth.token, true",
    "auth.*, auth.keys.rotate, true",
    "auth.*, auth., true",
    "auth.*, auth, false",
    "auth.*, oauth.token, false",
    "*, anything, true",
    "*.get, users.get, true",
    "*.get, users.getAll, false",
    "users.*.delete, users.sessions.delete, true",
    "auth?token, auth.token, false"
  })
  void matches_patternAndRoute_asDocumented(String pattern, String route, boolean expected) {
    assertThat(new RoutePattern(pattern).matches(route)).isEqualTo(expected);
  }

  @Test
  void matches_randomText_agreesWithARegularExpression() {
    Random random = new Random(1);
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      String pattern = text(random, "ab.*");
      String route = text(random, "ab.");
      boolean expected = Pattern.matches(pattern.replace(".", "\\.").replace("*", ".*"), route);
      assertThat(new RoutePattern(pattern).matches(route))
          .as("%s on %s", pattern, route)
          .isEqualTo(expected);
      matched += expected ? 1 : 0;
    }
    assertThat(matched).isGreaterThan(500);
  }

  private static String text(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
