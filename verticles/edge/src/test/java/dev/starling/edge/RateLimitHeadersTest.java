package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
  private final RateLimitHeaders headers = new RateLimitHeaders();

  @Test
  void write_allowed_listsEveryWindow() {
    Allowed allowed =
        new Allowed(
            List.of(
                new Window("burst", 100, 60, 12, 30), new Window("daily", 1000, 86_400, 900, 5)));

    assertThat(headers.policy(allowed).toString())
        .isEqualTo("\"burst\";q=100;w=60, \"daily\";q=1000;w=86400");
    assertThat(headers.limit(allowed).toString())
        .isEqualTo("\"burst\";r=12;t=30, \"daily\";r=900;t=5");
  }

  @Test
  void write_limited_agreesWithRetryAfterOnTheWindowThatRefused() {
    Limited limited =
        new Limited(
            "burst",
            "burst",
            100,
            101,
            4001,
            List.of(new Window("burst", 100, 60, 0, 59), new Window("daily", 9, 10, 1, 7)));

    assertThat(RateLimitHeaders.retryAfterSeconds(limited)).isEqualTo(5);
    assertThat(headers.limit(limited).toString()).isEqualTo("\"burst\";r=0;t=5, \"daily\";r=1;t=7");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "999, 1",
    "1000, 1",
    "1001, 2",
    "60000, 60",
    "0, 1",
    "9223372036854775807, 31536000"
  })
  void retryAfter_isWholeSecondsAndNeverTooEarly(long millis, long seconds) {
    assertThat(RateLimitHeaders.retryAfterSeconds(new Limited("a", "a", 1, 2, millis, List.of())))
        .isEqualTo(seconds);
  }

  @Test
  void write_changedPolicy_isNotTheKeptOne() {
    assertThat(headers.policy(one(new Window("a", 1, 2, 0, 0))).toString())
        .isEqualTo("\"a\";q=1;w=2");
    assertThat(headers.policy(one(new Window("a", 3, 2, 0, 0))).toString())
        .isEqualTo("\"a\";q=3;w=2");
    assertThat(headers.policy(one(new Window("a", 1, 4, 0, 0))).toString())
        .isEqualTo("\"a\";q=1;w=4");
    assertThat(headers.policy(one(new Window("a", 1, 2, 9, 9))).toString())
        .isEqualTo("\"a\";q=1;w=2");
  }

  @Test
  void write_manyPolicies_staysRight() {
    for (int i = 0; i < 500; i++) {
      assertThat(headers.limit(one(new Window("p" + i, 10, 60, 3, 4))).toString())
          .isEqualTo("\"p" + i + "\";r=3;t=4");
    }
  }

  @Test
  void write_nameThatCouldBreakTheField_isMadeHarmless() {
    assertThat(headers.policy(one(new Window("a\"\r\nb\\", 1, 2, 0, 0))).toString())
        .isEqualTo("\"a'  b'\";q=1;w=2");
  }

  private static Allowed one(Window window) {
    return new Allowed(List.of(window));
  }
}
