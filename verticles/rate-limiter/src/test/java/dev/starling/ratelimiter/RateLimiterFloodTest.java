package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.policy.rule.Per;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many more keys than the table has room for. */
class RateLimiterFloodTest {
  private static final int MAX_KEYS = 4_096;
  private static final int FLOOD = 10 * MAX_KEYS;

  /** All keys stay busy for the whole test, so every eviction takes state that matters. */
  private final NodeLimits node = limits(MAX_KEYS, per(Per.CONSUMER, "calls", window(100, 3_600)));

  private final RateLimiter limiter = limiter(node);
  private final Random random = new Random(1);

  @Test
  void spend_tenTimesTheCapacity_keepsTheTableAsItIs() {
    for (int i = 0; i < FLOOD; i++) {
      assertThat(limiter.spend(by("flood" + random.nextLong()), i)).isInstanceOf(Allowed.class);
    }

    BucketTable.Usage usage = node.table().usage();
    assertThat(node.table().capacity()).isEqualTo(MAX_KEYS);
    assertThat(usage.occupied()).isEqualTo(MAX_KEYS);
    assertThat(usage.evicted()).isEqualTo(FLOOD - MAX_KEYS);
    assertThat(node.table().busy(FLOOD)).isEqualTo(MAX_KEYS);
  }

  /** Whoever calls more often than its set is overrun keeps its bucket: its limit still holds. */
  @Test
  void spend_hotConsumerAmidFlood_isLimitedAsIfAlone() {
    int allowed = 0;
    for (int i = 0; i < FLOOD; i++) {
      limiter.spend(by("flood" + random.nextLong()), i);
      if (i % 100 == 0) {
        allowed += limiter.spend(by("hot"), i) instanceof Allowed ? 1 : 0;
      }
    }

    assertThat(allowed).isEqualTo(100);
  }

  @Test
  void spend_wellBehavedConsumerAmidFlood_isNeverRefused() {
    for (int i = 0; i < FLOOD; i++) {
      limiter.spend(by("flood" + random.nextLong()), i * SECOND / 100);
      if (i % 500 == 0) {
        assertThat(limiter.spend(by("calm" + i % 7), i * SECOND / 100)).isInstanceOf(Allowed.class);
      }
    }
  }

  /** The documented price of a full table: a key that is overrun starts afresh, and is counted. */
  @Test
  void spend_rareConsumerAmidFlood_startsAfreshAndIsCounted() {
    for (int i = 0; i < 100; i++) {
      limiter.spend(by("rare"), 0);
    }
    assertThat(limiter.spend(by("rare"), 0)).isInstanceOf(Limited.class);

    for (int i = 0; i < FLOOD; i++) {
      limiter.spend(by("flood" + random.nextLong()), 0);
    }

    assertThat(node.table().usage().evicted()).isPositive();
    assertThat(limiter.spend(by("rare"), 0)).isInstanceOf(Allowed.class);
  }

  /** Keys that have become idle give way without any loss. */
  @Test
  void spend_floodOfKeysThatBecomeIdle_evictsNothing() {
    for (int i = 0; i < FLOOD; i++) {
      limiter.spend(by("flood" + random.nextLong()), i * SECOND);
    }

    BucketTable.Usage usage = node.table().usage();
    assertThat(usage.evicted()).isZero();
    assertThat(usage.recycled()).isEqualTo(FLOOD - usage.occupied());
    assertThat(usage.occupied()).isLessThanOrEqualTo(MAX_KEYS);
  }

  /** A call whose own bucket looks idle and which needs a slot in the same set keeps both. */
  @Test
  void spend_ownIdleBucketInTheSet_isNotTakenForTheOther() {
    RateLimiter limiter =
        limiter(
            limits(
                RateLimiterConfig.MIN_KEYS,
                per(Per.CONSUMER, "all", window(1_000, 1)),
                Calls.on("few", per(Per.CONSUMER, "few", window(10, 3_600)))));
    for (int i = 0; i < 10 * RateLimiterConfig.MIN_KEYS; i++) {
      limiter.spend(Calls.call("flood" + i, "few", "192.0.2.1", 1), 0);
    }

    for (int i = 0; i < 2_000; i++) {
      limiter.spend(Calls.call("user" + i, "other", "192.0.2.1", 1), SECOND);
      limiter.spend(Calls.call("user" + i, "few", "192.0.2.1", 1), 2 * SECOND);

      // Costs more than the bucket holds: reads it and spends nothing.
      assertThat(
              limiter.spend(Calls.call("user" + i, "few", "192.0.2.1", 11), 2 * SECOND).windows())
          .contains(new Window("few", 10, 3_600, 9, 360));
    }
  }

  /** A caller that is refused takes no slot, so refusals cannot push anybody out. */
  @Test
  void spend_refusedCall_claimsNoSlot() {
    NodeLimits both =
        limits(
            MAX_KEYS,
            per(Per.CONSUMER, "mine", window(10, 3_600)),
            per(Per.IP, "ours", window(1, 3_600)));
    RateLimiter limiter = limiter(both);
    limiter.spend(by("first"), 0);

    for (int i = 0; i < 1_000; i++) {
      assertThat(limiter.spend(by("other" + i), 0)).isInstanceOf(Limited.class);
    }

    assertThat(both.table().usage().occupied()).isEqualTo(2);
  }
}
