package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.costing;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.policies;
import static dev.starling.ratelimiter.Calls.shadow;
import static dev.starling.ratelimiter.Calls.tally;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.policy.rule.Per;
import org.junit.jupiter.api.Test;

/** A rule on trial: it counts and reports, and nobody else notices. */
class ShadowTest {
  private final NodeLimits node =
      limits(
          per(Per.CONSUMER, "real", window(10, 60)),
          shadow(per(Per.CONSUMER, "trial", window(3, 60))));

  private final RateLimiter limiter = limiter(node);

  @Test
  void spend_beyondTheTrial_isAllowedAndReported() {
    for (int i = 0; i < 3; i++) {
      assertThat(((Allowed) limiter.spend(by("ann"), 0)).shadows()).isEmpty();
    }
    for (int i = 0; i < 7; i++) {
      assertThat(((Allowed) limiter.spend(by("ann"), 0)).shadows()).containsExactly("trial");
    }

    assertThat(tally(node, "trial").allowed().sum()).isEqualTo(3);
    assertThat(tally(node, "trial").wouldLimit().sum()).isEqualTo(7);
    assertThat(tally(node, "trial").limited().sum()).isZero();
    assertThat(tally(node, "real").allowed().sum()).isEqualTo(10);
  }

  /** It counts what it would have counted, had it been in force. */
  @Test
  void spend_limitedByARealRule_spendsNothingOfTheTrial() {
    for (int i = 0; i < 5; i++) {
      assertThat(limiter.spend(costing(by("ann"), 11), 0)).isInstanceOf(Limited.class);
    }
    limiter.spend(costing(by("ann"), 3), 0);

    assertThat(tally(node, "trial").allowed().sum()).isEqualTo(1);
    assertThat(tally(node, "trial").wouldLimit().sum()).isZero();
  }

  @Test
  void windows_ofATrial_areNotShownToClients() {
    assertThat(limiter.spend(by("ann"), 0).windows())
        .extracting(Window::policy)
        .containsExactly("real");
  }

  @Test
  void use_trialThatEnds_isInForceWithWhatItCounted() {
    limiter.spend(costing(by("ann"), 3), 0);

    node.use(policies(per(Per.CONSUMER, "trial", window(3, 60))));

    assertThat(limiter.spend(by("ann"), 0)).isInstanceOf(Limited.class);
  }
}
