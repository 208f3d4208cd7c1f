package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.burst;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.queue;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Per;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTest {

  /** Nodes together keep no more than one in 64 of what the smallest window holds. */
  @ParameterizedTest
  @CsvSource({
    "1000, 3, 5",
    "1000, 1, 15",
    "100, 1, 0",
    "383, 3, 0",
    "384, 3, 2",
    "1000000, 3, 5208"
  })
  void largestBlock_ofTheSmallestWindow_isBounded(long quota, int nodes, int block) {
    assertThat(rule(per(Per.CONSUMER, "a", window(quota, 1))).largestBlock(nodes)).isEqualTo(block);
    assertThat(
            rule(per(Per.CONSUMER, "a", window(quota, 1), window(quota * 10, 60)))
                .largestBlock(nodes))
        .isEqualTo(block);
    assertThat(rule(burst(quota, per(Per.CONSUMER, "a", window(1_000_000, 1)))).largestBlock(nodes))
        .isEqualTo(block);
  }

  @Test
  void largestBlock_ofAQueue_isNone() {
    assertThat(
            rule(queue(Duration.ofSeconds(30), per(Per.CONSUMER, "a", window(1_000_000, 1))))
                .largestBlock(1))
        .isZero();
  }

  @Test
  void localShare_dividesAmongNodes_andNeverGivesMoreThanItsPart() {
    Rule rule = rule(burst(30, per(Per.CONSUMER, "a", window(100, 1), window(2, 60))));

    Limit second = rule.localShare(3).get(0);
    Limit minute = rule.localShare(3).get(1);
    assertThat(second.arithmetic()).isEqualTo(rule.localShare(3).get(0).arithmetic());
    assertThat(second.arithmetic().capacity()).isEqualTo(10);
    assertThat(second.arithmetic().waitNanos(0, 10, 0)).isZero();
    // 2 a minute for three is one in two minutes for each.
    assertThat(minute.arithmetic().capacity()).isEqualTo(1);
    assertThat(minute.arithmetic().fullInNanos(minute.arithmetic().spend(0, 1), 0))
        .isEqualTo(Duration.ofMinutes(2).toNanos());
    // Clients are still told the whole.
    assertThat(second.quota()).isEqualTo(100);
    assertThat(minute.windowSeconds()).isEqualTo(60);
  }

  @Test
  void localShare_othersComeAndGo_keepsItsBuckets() {
    Rule rule = rule(per(Per.CONSUMER, "a", window(100, 1)));

    assertThat(rule.localShare(2).get(0).salt()).isEqualTo(rule.localShare(5).get(0).salt());
    assertThat(rule.localShare(2).get(0).salt()).isNotEqualTo(rule.limits().get(0).salt());
  }

  private static Rule rule(LimitRule spec) {
    return limits(spec).rules().get(0);
  }
}
