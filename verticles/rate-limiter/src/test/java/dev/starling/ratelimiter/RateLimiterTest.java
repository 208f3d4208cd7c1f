package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.anonymous;
import static dev.starling.ratelimiter.Calls.at;
import static dev.starling.ratelimiter.Calls.burst;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.costing;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.on;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.policies;
import static dev.starling.ratelimiter.Calls.remaining;
import static dev.starling.ratelimiter.Calls.tally;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.policy.Policies;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Per;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

  @Test
  void spend_withinQuota_isAllowedAndToldWhatIsLeft() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(20, 60))));

    assertThat(limiter.spend(by("ann"), 0))
        .isEqualTo(new Allowed(List.of(new Window("calls", 20, 60, 19, 3))));
    assertThat(limiter.spend(costing(by("ann"), 5), 0))
        .isEqualTo(new Allowed(List.of(new Window("calls", 20, 60, 14, 18))));
  }

  @Test
  void spend_quotaSpent_isLimitedUntilExactlyThen() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(3, 1))));
    limiter.spend(costing(by("ann"), 3), 0);

    Decision refused = limiter.spend(by("ann"), 0);

    // A third of a second, rounded up to a millisecond.
    assertThat(refused)
        .isEqualTo(
            new Limited("calls", "calls", 3, 4, 334, List.of(new Window("calls", 3, 1, 0, 1))));
    assertThat(limiter.spend(by("ann"), 333_333_333)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(by("ann"), 333_333_334)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_burstBelowQuota_boundsWhatIsSavedUp() {
    LimitRule policy = burst(2, per(Per.CONSUMER, "calls", window(60, 60)));
    RateLimiter limiter = limiter(limits(policy));

    assertThat(limiter.spend(costing(by("ann"), 2), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(by("ann"), SECOND - 1)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(by("ann"), SECOND)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(costing(by("ann"), 3), 1_000 * SECOND)).isInstanceOf(Limited.class);
  }

  @Test
  void spend_costAboveBurst_isLimitedForEverAndSpendsNothing() {
    NodeLimits node = limits(per(Per.CONSUMER, "calls", window(20, 60)));
    RateLimiter limiter = limiter(node);

    Decision refused = limiter.spend(costing(by("ann"), 21), 0);

    assertThat(refused)
        .isEqualTo(
            new Limited(
                "calls",
                "calls",
                20,
                21,
                9_223_372_036_854L,
                List.of(new Window("calls", 20, 60, 20, 0))));
    assertThat(limiter.spend(costing(by("ann"), Integer.MAX_VALUE), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(costing(by("ann"), 20), 0)).isInstanceOf(Allowed.class);
    assertThat(tally(node, "calls").tooCostly().sum()).isEqualTo(2);
  }

  @Test
  void spend_costBelowOne_isRefused() {
    RateLimiter limiter = limiter(limits());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.spend(costing(by("ann"), 0), 0))
        .withMessage("cost: 0 (expected: >= 1)");
  }

  @Test
  void spend_oneWindowRefuses_noWindowIsSpentFrom() {
    RateLimiter limiter =
        limiter(
            limits(
                per(Per.CONSUMER, "mine", window(10, 60)),
                per(Per.IP, "ours", window(3, 60), window(1_000, 3_600))));
    limiter.spend(costing(by("ben"), 3), 0); // same address

    for (int i = 0; i < 5; i++) {
      Decision refused = limiter.spend(by("ann"), 0);
      assertThat(refused).isInstanceOf(Limited.class);
      assertThat(((Limited) refused).policy()).isEqualTo("ours-1m");
      assertThat(remaining(refused, "mine")).isEqualTo(10);
      assertThat(remaining(refused, "ours-1h")).isEqualTo(997);
    }
    assertThat(remaining(limiter.spend(by("ann"), 20 * SECOND), "mine")).isEqualTo(9);
  }

  @Test
  void spend_severalWindowsRefuse_theLongestWaitIsTold() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(2, 2), window(2, 60))));
    limiter.spend(costing(by("ann"), 2), 0);

    Decision refused = limiter.spend(by("ann"), 0);

    assertThat(((Limited) refused).policy()).isEqualTo("calls-1m");
    assertThat(((Limited) refused).retryAfterMillis()).isEqualTo(30_000);
    assertThat(limiter.spend(by("ann"), 30 * SECOND - 1)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(by("ann"), 30 * SECOND)).isInstanceOf(Allowed.class);
  }

  @Test
  void windows_several_comeMostNearlySpentFirst() {
    RateLimiter limiter =
        limiter(
            limits(
                per(Per.CONSUMER, "many", window(1_000, 1)),
                per(Per.IP, "few", window(5, 60), window(50, 3_600))));

    assertThat(limiter.spend(by("ann"), 0).windows())
        .extracting(Window::policy)
        .containsExactly("few-1m", "few-1h", "many");
  }

  @Test
  void spend_noPolicyApplies_isAllowedWithoutWindows() {
    LimitRule policy = on("auth.*", per(Per.IP, "auth", window(1, 60)));
    RateLimiter limiter = limiter(limits(policy));

    assertThat(limiter.spend(at("users.get"), 0)).isEqualTo(new Uncounted(1000));
    assertThat(limiter.spend(at("auth.token"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(at("auth.signup"), 0)).isInstanceOf(Limited.class);
  }

  /** Two routes of one policy share its bucket; a policy that matches more routes gives no more. */
  @Test
  void spend_perConsumer_countsAllRoutesTogether() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(2, 60))));

    assertThat(limiter.spend(at("users.get"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(at("users.list"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(at("orders.get"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(by("ben"), 0)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_perRoute_countsAllCallersTogether() {
    RateLimiter limiter = limiter(limits(per(Per.ROUTE, "calls", window(1, 60))));

    assertThat(limiter.spend(by("ann"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(by("ben"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(at("users.list"), 0)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_perCombination_countsEachApart() {
    LimitRule policy = by(List.of(Per.IP, Per.ROUTE), per(Per.IP, "calls", window(1, 60)));
    RateLimiter limiter = limiter(limits(policy));

    assertThat(limiter.spend(Calls.call("ann", "a", "192.0.2.1", 1), 0))
        .isInstanceOf(Allowed.class);
    assertThat(limiter.spend(Calls.call("ben", "a", "192.0.2.1", 1), 0))
        .isInstanceOf(Limited.class);
    assertThat(limiter.spend(Calls.call("ann", "b", "192.0.2.1", 1), 0))
        .isInstanceOf(Allowed.class);
    assertThat(limiter.spend(Calls.call("ann", "a", "192.0.2.2", 1), 0))
        .isInstanceOf(Allowed.class);
  }

  @Test
  void spend_anonymousPerConsumer_countsByAddress() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(1, 60))));

    assertThat(limiter.spend(anonymous("192.0.2.1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("192.0.2.1"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(anonymous("192.0.2.2"), 0)).isInstanceOf(Allowed.class);
    // A consumer may be named like an address and is still somebody else.
    assertThat(limiter.spend(by("192.0.2.1"), 0)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_ipv6_countsByNetworkHoweverItIsWritten() {
    RateLimiter limiter = limiter(limits(per(Per.IP, "calls", window(1, 60))));

    assertThat(limiter.spend(anonymous("2001:db8:0:1::1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("2001:db8:0:1:ffff::2"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(anonymous("2001:0DB8:0000:0001::1"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(anonymous("2001:db8:0:2::1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("::ffff:192.0.2.9"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("192.0.2.9"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(anonymous("unknown"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("unknown"), 0)).isInstanceOf(Limited.class);
  }

  @Test
  void spend_shorterIpv6Prefix_countsLargerNetworksTogether() {
    RateLimiter limiter =
        limiter(
            new NodeLimits(
                new RateLimiterConfig(true, 1_024, 48),
                policies(per(Per.IP, "calls", window(1, 60))),
                new Random(1)));

    assertThat(limiter.spend(anonymous("2001:db8:7:1::1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("2001:db8:7:2::1"), 0)).isInstanceOf(Limited.class);
    assertThat(limiter.spend(anonymous("2001:db8:8:2::1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("192.0.2.1"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymous("192.0.2.2"), 0)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_twoLimitersOfANode_countTogether() {
    NodeLimits node = limits(per(Per.CONSUMER, "calls", window(2, 60)));
    RateLimiter one = limiter(node);
    RateLimiter other = limiter(node);

    assertThat(one.spend(by("ann"), 0)).isInstanceOf(Allowed.class);
    assertThat(other.spend(by("ann"), 0)).isInstanceOf(Allowed.class);
    assertThat(one.spend(by("ann"), 0)).isInstanceOf(Limited.class);
    assertThat(tally(node, "calls").allowed().sum()).isEqualTo(2);
    assertThat(tally(node, "calls").limited().sum()).isEqualTo(1);
  }

  @Test
  void spend_disabled_allowsEverything() {
    RateLimiter limiter =
        limiter(
            new NodeLimits(
                new RateLimiterConfig(false, 1_024, 64),
                policies(per(Per.CONSUMER, "calls", window(1, 60))),
                new Random(1)));

    for (int i = 0; i < 10; i++) {
      assertThat(limiter.spend(by("ann"), 0)).isEqualTo(new Uncounted(1000));
    }
  }

  @Test
  void spend_moreRoutesThanAreRemembered_stillCountsEach() {
    RateLimiter limiter = limiter(limits(per(Per.CONSUMER, "calls", window(1, 60))));

    for (int i = 0; i < 10_000; i++) {
      assertThat(
              limiter.spend(Calls.call("user" + i, "route" + i, "192.0.2.1", 1), i * 60L * SECOND))
          .isInstanceOf(Allowed.class);
    }
    assertThat(limiter.spend(Calls.call("ann", "x".repeat(1_000), "192.0.2.1", 1), 0))
        .isInstanceOf(Allowed.class);
    assertThat(limiter.spend(Calls.call("ann", "x".repeat(1_000), "192.0.2.1", 1), 0))
        .isInstanceOf(Limited.class);
  }

  /** What an operator gets without writing a line: a load test passes, guessing does not. */
  @Test
  void shippedPolicies_loadTestAndGuessing_passAndFail() {
    RateLimiter limiter =
        limiter(new NodeLimits(RateLimiterConfig.defaults(), Policies.shipped(), new Random(1)));
    long now = 0;
    for (int i = 0; i < 1_000_000; i++) {
      now += 5_000; // 200,000 a second from one consumer at one address
      if (limiter.spend(by("load"), now) instanceof Limited) {
        throw new AssertionError("limited after " + i + " calls");
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(limiter.spend(anonymously("auth.token"), now)).isInstanceOf(Allowed.class);
    }
    assertThat(((Limited) limiter.spend(anonymously("auth.token"), now)).policy())
        .isEqualTo("sign-in");
    assertThat(limiter.spend(anonymously("auth.refresh"), now)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(anonymously("auth.signup"), now).windows())
        .extracting(Window::policy)
        .containsExactly("sign-up-1m", "sign-up-1h", "default");
  }

  private static Spend anonymously(String route) {
    return Calls.call("", route, "192.0.2.7", 1);
  }
}
