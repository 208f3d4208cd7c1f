package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.policies;
import static dev.starling.ratelimiter.Calls.shadow;
import static dev.starling.ratelimiter.Calls.shared;
import static dev.starling.ratelimiter.Calls.window;
import static dev.starling.ratelimiter.Calls.with;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.policy.Policies;
import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.Sharing;
import dev.starling.testkit.TestRedis;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers see when whoever keeps the shared buckets does not answer. */
@Timeout(120)
class LenderFaultTest {
  private static final LimitRule CALLS =
      with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "calls", window(300, 60)));

  @TempDir Path directory;
  private final TestRedis server = TestRedis.start();
  private final List<LimiterNodes.Node> nodes = new ArrayList<>();
  private LimiterNodes cluster;

  @AfterEach
  void stop() {
    cluster.close();
    server.close();
  }

  private void threeNodes(LimitRule... rules) {
    cluster = new LimiterNodes(directory, Borrowing.PATIENCE);
    Policies policies = policies(rules);
    for (int i = 0; i < 3; i++) {
      nodes.add(cluster.add(policies, server.uri()));
    }
  }

  @Test
  void redis_killedAndStartedAgain_failsNoCallAndIsUsedAgain() {
    threeNodes(shared(Sharing.REDIS, CALLS));
    assertThat(spend(30)).isEqualTo(30);

    server.kill();
    // None fails: each node gives a third of the limit, and no more.
    awaitRedis(false);
    nextWindow();
    assertThat(spend(3_000)).isEqualTo(300);
    for (LimiterNodes.Node node : nodes) {
      assertThat(fallback(node)).isEqualTo(1);
    }

    server.restart();
    awaitRedis(true);
    nextWindow();
    awaitShared();
    nextWindow();
    assertThat(spend(3_000)).isBetween(300 - 4, 300);
    for (LimiterNodes.Node node : nodes) {
      assertThat(fallback(node)).isZero();
    }
  }

  /** What was lent counts in the share too: it is not given a second time. */
  @Test
  void redis_killedWhenItHasLentAShare_givesNodesNoSecondOne() {
    threeNodes(shared(Sharing.REDIS, CALLS));
    assertThat(spend(300)).isBetween(300 - 4, 300);

    server.kill();
    awaitRedis(false);
    assertThat(spend(300)).as("in the same window").isLessThanOrEqualTo(4);

    nextWindow();
    assertThat(spend(900)).isEqualTo(300);
  }

  /** Calls that meet a server that accepts and does not answer are decided within their budget. */
  @Test
  void redis_frozen_failsNoCall() {
    threeNodes(shared(Sharing.REDIS, CALLS));
    assertThat(spend(3)).isEqualTo(3);

    server.freeze();
    nextWindow();
    int passed = spend(900);
    assertThat(passed).isBetween(290, 310);

    server.thaw();
    awaitRedis(true);
    awaitShared();
    nextWindow();
    assertThat(spend(900)).isBetween(300 - 4, 300);
  }

  /** What was given without asking is paid back out of what is lent next. */
  @Test
  void redis_awayForAMoment_isPaidBackInTheSameWindow() {
    threeNodes(shared(Sharing.REDIS, CALLS));
    assertThat(spend(3)).isEqualTo(3);
    server.kill();
    awaitRedis(false);
    assertThat(spend(90)).as("from their shares").isEqualTo(90);

    server.restart();
    awaitRedis(true);
    awaitShared();
    // Redis has come back empty, so the three from before are not known any more.
    assertThat(spend(900)).isBetween(300 - 90 - 10, 300 - 90 + 4);
  }

  @Test
  void redis_notConfigured_eachNodeGivesItsShare() {
    cluster = new LimiterNodes(directory, Borrowing.PATIENCE);
    Policies policies = policies(shared(Sharing.REDIS, CALLS));
    for (int i = 0; i < 3; i++) {
      nodes.add(cluster.add(policies, null));
    }

    assertThat(spend(900)).isEqualTo(300);
    assertThat(spendOn(nodes.get(0), 900)).isZero();
  }

  /** Its keys move to others, where they begin anew; the keys of others stay. */
  @Test
  void node_thatKeepsBuckets_leaves_failsNoCall() {
    threeNodes(shared(Sharing.CLUSTER, CALLS));
    for (int i = 0; i < 30; i++) {
      assertThat(nodes.get(i % 3).decide(by("user" + i))).isInstanceOf(Allowed.class);
    }

    nodes.remove(1).leave();
    nextWindow();
    for (int i = 0; i < 200; i++) {
      assertThat(nodes.get(i % 2).decide(by("user" + i))).isInstanceOf(Allowed.class);
    }
    nextWindow();
    assertThat(spend(900)).isBetween(300 - 4, 300);
  }

  /** While files differ, whoever keeps the bucket does not know the rule: each gives its share. */
  @Test
  void nodes_withTwoVersionsOfAFile_eachGivesItsShare() {
    threeNodes(shared(Sharing.CLUSTER, CALLS));
    nodes
        .get(0)
        .policies
        .replace(
            policies(
                shared(
                    Sharing.CLUSTER,
                    with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "calls", window(600, 60))))));

    int passed = spendOn(nodes.get(0), 1_000);

    // Another node keeps this key, by the other file: what is left is a share of the own one.
    assertThat(passed).isEqualTo(200);
  }

  /** A rule on trial is not waited for, whether it can be asked or not. */
  @Test
  void shadow_sharedThroughRedis_neverHoldsACall() {
    threeNodes(
        shadow(
            shared(
                Sharing.REDIS,
                with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "trial", window(10, 60))))));

    assertThat(spend(300)).isEqualTo(300);
    awaitReported();
    server.kill();
    awaitRedis(false);
    assertThat(spend(300)).isEqualTo(300);
    for (LimiterNodes.Node node : nodes) {
      assertThat(node.meters.get("ratelimit.lease.wait").timer().count()).isZero();
    }
  }

  private void awaitReported() {
    while (nodes.stream()
        .noneMatch(node -> node.decide(by("ann")) instanceof Allowed a && !a.shadows().isEmpty())) {
      pause();
    }
  }

  private void awaitRedis(boolean up) {
    while (nodes.stream().anyMatch(node -> node.isRedisUp() != up)) {
      pause();
    }
  }

  /** Until every node has had an answer: who had none is left alone for a moment. */
  private void awaitShared() {
    while (nodes.stream().anyMatch(node -> fallback(node) != 0)) {
      cluster.advance(SECOND / 10);
      nodes.forEach(node -> node.decide(by("somebody else")));
      pause();
    }
  }

  private void pause() {
    await(cluster.timer(Duration.ofMillis(10)));
  }

  private void nextWindow() {
    cluster.advance(60 * SECOND);
  }

  private static double fallback(LimiterNodes.Node node) {
    return node.meters.get("ratelimit.fallback").tag("policy", "redis").gauge().value();
  }

  /** So many calls, some at once, on each node in turn; every one must be decided. */
  private int spend(int calls) {
    int passed = 0;
    for (int i = 0; i < calls; i += nodes.size()) {
      List<Future<Decision>> asked = nodes.stream().map(node -> node.spend(by("ann"))).toList();
      for (Future<Decision> call : asked) {
        passed += await(call) instanceof Allowed ? 1 : 0;
      }
    }
    return passed;
  }

  private static int spendOn(LimiterNodes.Node node, int calls) {
    int passed = 0;
    for (int i = 0; i < calls; i++) {
      passed += node.decide(by("ann")) instanceof Allowed ? 1 : 0;
    }
    return passed;
  }
}
