package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLimitsTest {
  private final NodeLimits node =
      limits(
          per(KeyPart.CONSUMER, "all", window(1, 1)),
          new PolicyConfig(
              "auth", List.of(KeyPart.IP), List.of("auth.*"), List.of(window(1, 1), window(2, 2))));

  @Test
  void planOf_route_hasThePoliciesThatApply() {
    assertThat(node.planOf("users.get").policies())
        .extracting(LimitPolicy::name)
        .containsExactly("all");
    assertThat(node.planOf("users.get").windows()).isEqualTo(1);
    assertThat(node.planOf("auth.token").policies())
        .extracting(LimitPolicy::name)
        .containsExactlyInAnyOrder("all", "auth");
    assertThat(node.planOf("auth.token").windows()).isEqualTo(3);
  }

  @Test
  void planOf_sameRoute_isWorkedOutOnce() {
    assertThat(node.planOf("users.get")).isSameAs(node.planOf("users.get"));
  }

  @Test
  void planOf_endlesslyManyOrLongRoutes_remembersSome() {
    for (int i = 0; i < 10_000; i++) {
      node.planOf("route" + i);
    }
    String late = "route9999";
    String tooLong = "x".repeat(129);

    assertThat(node.planOf("route0")).isSameAs(node.planOf("route0"));
    assertThat(node.planOf(late)).isNotSameAs(node.planOf(late)).isEqualTo(node.planOf(late));
    assertThat(node.planOf(tooLong)).isNotSameAs(node.planOf(tooLong));
  }
}
