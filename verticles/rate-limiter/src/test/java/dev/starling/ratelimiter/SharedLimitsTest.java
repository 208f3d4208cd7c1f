package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.costing;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.policies;
import static dev.starling.ratelimiter.Calls.shared;
import static dev.starling.ratelimiter.Calls.window;
import static dev.starling.ratelimiter.Calls.with;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three nodes that count together, through a real Redis or among themselves, at a manual clock. */
@Timeout(120)
class SharedLimitsTest {
  private static final long MILLI = 1_000_000;
  private static final int QUOTA = 1_000;

  /** Of the nodes together: three blocks of 1,000 / 64 / 3. */
  private static final int LEASED = 15;

  @TempDir Path directory;
  private TestRedis server;
  private LimiterNodes cluster;
  private final List<LimiterNodes.Node> nodes = new ArrayList<>();

  @BeforeEach
  void start() {
    server = TestRedis.start();
    cluster = new LimiterNodes(directory, LimiterNodes.PATIENCE);
  }

  @AfterEach
  void stop() {
    cluster.close();
    server.close();
  }

  private void threeNodes(LimitRule... rules) {
    Policies policies = policies(rules);
    for (int i = 0; i < 3; i++) {
      nodes.add(cluster.add(policies, server.uri()));
    }
  }

  /** Three times as much as is allowed: what passes is all that is allowed, and never more. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void fixedWindow_hammeredThroughThreeNodes_isUsedUpAndNeverExceeded(Sharing sharing) {
    threeNodes(
        shared(
            sharing, with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "calls", window(QUOTA, 1)))));

    for (int second = 0; second < 4; second++) {
      assertThat(hammer(1_000, 3)).isBetween(QUOTA - LEASED, QUOTA);
    }
  }

  /** Exactly as much as is allowed: hardly anything of it is refused. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void fixedWindow_exactlyItsQuotaThroughThreeNodes_passesAlmostAll(Sharing sharing) {
    threeNodes(
        shared(
            sharing, with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "calls", window(QUOTA, 1)))));

    for (int second = 0; second < 4; second++) {
      assertThat(hammer(1_000, 1)).isGreaterThanOrEqualTo(QUOTA * 98 / 100);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void tokenBucket_hammeredThroughThreeNodes_isUsedUpAndNeverExceeded(Sharing sharing) {
    threeNodes(shared(sharing, per(Per.CONSUMER, "calls", window(QUOTA, 1))));

    // The burst and what flows in during the first second.
    int total = hammer(1_000, 3);
    assertThat(total).isBetween(2 * QUOTA - LEASED, 2 * QUOTA + LEASED);
    for (int second = 0; second < 3; second++) {
      int passed = hammer(1_000, 3);
      assertThat(passed).isBetween(QUOTA * 98 / 100, QUOTA + LEASED);
      total += passed;
    }
    assertThat(total).isBetween(5 * QUOTA * 98 / 100, 5 * QUOTA);
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void slidingWindow_hammeredThroughThreeNodes_isUsedUpAndNeverExceeded(Sharing sharing) {
    threeNodes(
        shared(
            sharing, with(Algorithm.SLIDING_WINDOW, per(Per.CONSUMER, "calls", window(QUOTA, 1)))));

    assertThat(hammer(1_000, 3)).isBetween(QUOTA - LEASED, QUOTA);
    for (int second = 0; second < 3; second++) {
      assertThat(hammer(1_000, 3)).isBetween(QUOTA * 97 / 100, QUOTA + LEASED);
    }
  }

  /** Most calls find their permits where they are. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void lease_ofABusyKey_letsMostCallsPassWithoutWaiting(Sharing sharing) {
    threeNodes(shared(sharing, per(Per.CONSUMER, "calls", window(100_000, 1))));

    assertThat(hammer(1_000, 3)).isEqualTo(3_000);

    for (LimiterNodes.Node node : nodes) {
      assertThat(node.meters.get("ratelimit.lease.wait").timer().count()).isLessThan(100);
      assertThat(node.meters.get("ratelimit.lease.unanswered").counter().count()).isZero();
    }
  }

  /** A small limit is exact: nobody keeps anything for later. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void smallLimit_whereverItsCallsArrive_isExact(Sharing sharing) {
    threeNodes(shared(sharing, per(Per.CONSUMER, "calls", window(10, 60), window(25, 3_600))));

    assertThat(spendInTurn(30)).isEqualTo(10);
    cluster.advance(6 * SECOND);
    assertThat(spendInTurn(30)).isEqualTo(1);
    cluster.advance(600 * SECOND);
    assertThat(spendInTurn(30)).isEqualTo(10);
    cluster.advance(600 * SECOND);
    // Of 25 an hour 21 are spent, and 8 have flowed back.
    assertThat(spendInTurn(30)).isEqualTo(10);
    cluster.advance(60 * SECOND);
    assertThat(spendInTurn(30)).isLessThan(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void limited_onAnyNode_isToldByWhomAndForHowLong(Sharing sharing) {
    threeNodes(shared(sharing, per(Per.CONSUMER, "calls", window(5, 10), window(100, 3_600))));
    assertThat(nodes.get(0).decide(costing(by("ann"), 5))).isInstanceOf(Allowed.class);

    for (LimiterNodes.Node node : nodes) {
      assertThat(node.decide(by("ann")))
          .isInstanceOfSatisfying(
              Limited.class,
              limited -> {
                assertThat(limited.rule()).isEqualTo("calls");
                assertThat(limited.policy()).isEqualTo("calls-10s");
                assertThat(limited.threshold()).isEqualTo(5);
                assertThat(limited.observed()).isEqualTo(6);
                assertThat(limited.retryAfterMillis()).isBetween(1_990L, 2_000L);
                assertThat(Calls.remaining(limited, "calls-10s")).isZero();
                assertThat(Calls.remaining(limited, "calls-1h")).isEqualTo(95);
              });
      assertThat(node.decide(by("ben"))).isInstanceOf(Allowed.class);
    }
  }

  /** One call, two shared rules and one of the node: all of them or none. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void call_limitedByOneOfSeveralRules_spendsNothingOfTheOthers(Sharing sharing) {
    threeNodes(
        shared(sharing, per(Per.CONSUMER, "mine", window(4, 60))),
        shared(sharing, per(Per.IP, "ours", window(9, 60))),
        per(Per.CONSUMER, "here", window(3, 60)));

    // Three on each node, but only four in all.
    assertThat(spendInTurn(12)).isEqualTo(4);
    // Nobody's refused calls have used up what all share.
    int others = 0;
    for (int i = 0; i < 9; i++) {
      others += nodes.get(i % 3).decide(by("ben" + i)) instanceof Allowed ? 1 : 0;
    }
    assertThat(others).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void leakyBucket_sharedByThreeNodes_delaysThemInTurn(Sharing sharing) {
    threeNodes(
        shared(
            sharing,
            Calls.queue(Duration.ofMillis(500), per(Per.CONSUMER, "calls", window(10, 1)))));

    List<Integer> delays = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      delays.add(((Allowed) nodes.get(i % 3).decide(by("ann"))).delayMillis());
    }

    assertThat(delays).containsExactly(0, 100, 200, 300, 400, 500);
    assertThat(nodes.get(0).decide(by("ann")))
        .isInstanceOfSatisfying(
            Limited.class, limited -> assertThat(limited.retryAfterMillis()).isEqualTo(100));
  }

  /** Permits that were borrowed and not used come to nobody's benefit, and are counted. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "CLUSTER"})
  void lease_notUsed_expires(Sharing sharing) {
    threeNodes(shared(sharing, per(Per.CONSUMER, "calls", window(100_000, 1))));
    hammer(300, 3);
    double kept = nodes.stream().mapToDouble(SharedLimitsTest::kept).sum();
    assertThat(kept).isPositive();

    cluster.advance(SECOND);

    assertThat(nodes.stream().mapToDouble(SharedLimitsTest::kept).sum()).isZero();
    assertThat(nodes.stream().mapToDouble(node -> node.count("ratelimit.lease.expired")).sum())
        .isGreaterThanOrEqualTo(kept);
  }

  private static double kept(LimiterNodes.Node node) {
    return node.meters.get("ratelimit.lease.permits").gauge().value();
  }

  /** For so many milliseconds, each on its own, so many calls at once; returns what passed. */
  private int hammer(int millis, int callsPerMilli) {
    int passed = 0;
    for (int i = 0; i < millis; i++) {
      List<Future<Decision>> calls = new ArrayList<>();
      for (int c = 0; c < callsPerMilli; c++) {
        calls.add(nodes.get((i + c) % nodes.size()).spend(by("ann")));
      }
      for (Future<Decision> call : calls) {
        passed += await(call) instanceof Allowed ? 1 : 0;
      }
      cluster.advance(MILLI);
    }
    return passed;
  }

  private int spendInTurn(int calls) {
    int passed = 0;
    for (int i = 0; i < calls; i++) {
      passed += nodes.get(i % nodes.size()).decide(by("ann")) instanceof Allowed ? 1 : 0;
    }
    return passed;
  }
}
