package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import org.junit.jupiter.api.Test;

class UncountedRoutesTest {
  private static final long SECOND = 1_000_000_000L;

  private final UncountedRoutes routes = new UncountedRoutes();

  @Test
  void route_neverAskedFor_isNotKnown() {
    assertThat(routes.contains("ping.get", 0)).isFalse();
  }

  @Test
  void route_untilItsAnswerEnds_isKnown() {
    routes.learn("ping.get", new Uncounted(1000), 5 * SECOND);

    assertThat(routes.contains("ping.get", 6 * SECOND - 1)).isTrue();
    assertThat(routes.contains("ping.get", 6 * SECOND)).isFalse();
    assertThat(routes.contains("users.me", 5 * SECOND)).isFalse();
  }

  @Test
  void answer_forOneCallOnly_isNotKept() {
    routes.learn("ping.get", new Uncounted(0), 5 * SECOND);

    assertThat(routes.contains("ping.get", 5 * SECOND)).isFalse();
  }

  @Test
  void clock_thatWrapsAround_changesNothing() {
    routes.learn("ping.get", new Uncounted(1000), Long.MAX_VALUE);

    assertThat(routes.contains("ping.get", Long.MIN_VALUE)).isTrue();
    assertThat(routes.contains("ping.get", Long.MIN_VALUE + SECOND)).isFalse();
  }

  @Test
  void names_withoutEnd_doNotFillTheMemory() {
    for (int i = 0; i <= UncountedRoutes.MAX_ROUTES; i++) {
      routes.learn("operation-" + i, new Uncounted(1000), 0);
    }

    assertThat(routes.contains("operation-0", 1)).isFalse();
    assertThat(routes.contains("operation-" + UncountedRoutes.MAX_ROUTES, 1)).isTrue();
  }
}
