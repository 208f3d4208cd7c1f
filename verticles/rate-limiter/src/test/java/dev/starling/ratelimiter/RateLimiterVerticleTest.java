package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RateLimiterVerticleTest {
  private static final Spend SIGN_IN = Calls.call("", "auth.token", "192.0.2.1", 1);

  @TempDir Path directory;
  private final AtomicLong nanoTime = new AtomicLong();
  private TestNode node;

  @BeforeEach
  void start() {
    node = new TestNode(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void spend_overTheBus_countsAndRefuses() {
    node.deploy(limiter());

    for (int i = 19; i >= 0; i--) {
      assertThat(spend(SIGN_IN).windows().get(0))
          .isEqualTo(new Window("sign-in", 20, 60, i, 60 - 3 * i));
    }
    assertThat(spend(SIGN_IN))
        .isInstanceOfSatisfying(
            Limited.class,
            limited -> {
              assertThat(limited.policy()).isEqualTo("sign-in");
              assertThat(limited.retryAfterMillis()).isEqualTo(3_000);
            });
    nanoTime.addAndGet(3_000_000_000L);
    assertThat(spend(SIGN_IN)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_severalInstances_countAsOne() {
    node.deploy(limiter());
    node.deploy(limiter());
    String third = node.deploy(limiter());

    int allowed = 0;
    for (int i = 0; i < 60; i++) {
      allowed += spend(SIGN_IN) instanceof Allowed ? 1 : 0;
    }
    assertThat(allowed).isEqualTo(20);

    // What was spent outlives the instance that counted it.
    node.undeploy(third);
    assertThat(spend(SIGN_IN)).isInstanceOf(Limited.class);
  }

  @Test
  void spend_costBelowOne_failsAsInvalidArgument() {
    node.deploy(limiter());

    for (int cost : List.of(0, -1, Integer.MIN_VALUE)) {
      Spend call = Calls.call("ann", "users.get", "192.0.2.1", cost);
      assertThatThrownBy(() -> spend(call))
          .isInstanceOfSatisfying(
              BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessageContaining("cost: " + cost + " (expected: >= 1)");
    }
  }

  @Test
  void deploy_brokenConfiguration_failsWithOneClearLine() {
    node.settings().putObject("rate-limiter").put("max-keys", 3);

    assertThatThrownBy(() -> node.deploy(limiter()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("rate-limiter.max-keys: 3 (expected: 1024..50000000)");
  }

  @Test
  void deploy_disabled_allowsEverything() {
    node.settings().putObject("rate-limiter").put("enabled", false);
    node.deploy(limiter());

    for (int i = 0; i < 50; i++) {
      assertThat(spend(SIGN_IN)).isEqualTo(new Uncounted(1000));
    }
  }

  @Test
  void meters_decisions_areCountedByPolicyAndOutcome() {
    node.deploy(limiter());
    node.deploy(limiter());
    for (int i = 0; i < 23; i++) {
      spend(SIGN_IN);
    }
    spend(Calls.call("ann", "auth.token", "192.0.2.2", 21));

    assertThat(decisions("sign-in", "allowed")).isEqualTo(20);
    assertThat(decisions("sign-in", "limited")).isEqualTo(3);
    assertThat(decisions("sign-in", "too-costly")).isEqualTo(1);
    assertThat(decisions("default", "allowed")).isEqualTo(20);
    assertThat(decisions("default", "limited")).isZero();
    assertThat(gauge("ratelimit.keys.capacity")).isGreaterThanOrEqualTo(200_000);
    assertThat(gauge("ratelimit.keys.occupied")).isEqualTo(2);
    assertThat(gauge("ratelimit.keys.busy")).isEqualTo(2);
    nanoTime.addAndGet(60_000_000_001L);
    assertThat(gauge("ratelimit.keys.busy")).isZero();
    assertThat(node.scope().meters().get("ratelimit.evictions").functionCounter().count()).isZero();
  }

  @Test
  void verticle_serviceLoader_findsIt() {
    assertThat(ServiceLoader.load(ServiceVerticle.class))
        .hasAtLeastOneElementOfType(RateLimiterVerticle.class);
    assertThat(new RateLimiterVerticle().name()).isEqualTo(RateLimitContract.SERVICE);
  }

  private RateLimiterVerticle limiter() {
    return new RateLimiterVerticle(nanoTime::get, Duration.ofSeconds(10));
  }

  private Decision spend(Spend call) {
    return node.call(RateLimitContract.SPEND, call, node.anonymous());
  }

  private double decisions(String policy, String outcome) {
    return node.scope()
        .meters()
        .get("ratelimit.decisions")
        .tag("policy", policy)
        .tag("outcome", outcome)
        .functionCounter()
        .count();
  }

  private double gauge(String name) {
    return node.scope().meters().get(name).gauge().value();
  }
}
