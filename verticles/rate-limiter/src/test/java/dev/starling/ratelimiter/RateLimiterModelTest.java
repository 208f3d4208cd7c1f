package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.burst;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.call;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.on;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole decisions against a model in exact arithmetic that keeps every key for ever. */
class RateLimiterModelTest {
  private static final Match WRITES =
      new Match(
          List.of(),
          List.of(),
          List.of("*.put", "*.delete"),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  private static final LimitRule[] POLICIES = {
    per(Per.CONSUMER, "mine", window(7, 1), window(40, 60)),
    burst(5, per(Per.IP, "ours", window(11, 3))),
    on(WRITES, by(List.of(Per.CONSUMER, Per.ROUTE), per(Per.CONSUMER, "writes", window(3, 2)))),
  };

  private final Map<String, ExactBucket> buckets = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void spend_randomCalls_agreesWithTheModel(long seed) {
    Random random = new Random(seed);
    RateLimiter limiter = limiter(limits(65_536, POLICIES));
    long now = seed % 2 == 0 ? Long.MAX_VALUE - 20 * SECOND : random.nextLong() >> 1;
    int limited = 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(4) == 0 ? 0 : (long) (random.nextDouble() * SECOND / 10);
      Spend call = randomCall(random);
      Decision decision = limiter.spend(call, now);
      expect(decision, call, now);
      limited += decision instanceof Limited ? 1 : 0;
    }
    assertThat(limited).isBetween(2_000, 18_000);
  }

  private static Spend randomCall(Random random) {
    return call(
        random.nextInt(4) == 0 ? "" : "user" + random.nextInt(6),
        List.of("a.get", "a.put", "b.put", "b.delete").get(random.nextInt(4)),
        "192.0.2." + random.nextInt(5),
        random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1);
  }

  private void expect(Decision decision, Spend call, long now) {
    Map<String, ExactBucket> counted = new HashMap<>();
    String who = call.consumer().isEmpty() ? "from " + call.clientAddress() : call.consumer();
    counted.put("mine-1s", bucket("mine-1s " + who, 7, SECOND, 7, now));
    counted.put("mine-1m", bucket("mine-1m " + who, 40, 60 * SECOND, 40, now));
    counted.put("ours", bucket("ours " + call.clientAddress(), 11, 3 * SECOND, 5, now));
    if (!call.operation().endsWith(".get")) {
      counted.put(
          "writes", bucket("writes " + who + " " + call.operation(), 3, 2 * SECOND, 3, now));
    }
    int cost = call.cost();
    boolean never = cost > 5 || (counted.containsKey("writes") && cost > 3);
    boolean all = counted.values().stream().allMatch(bucket -> bucket.has(cost));
    if (!never && all) {
      counted.values().forEach(bucket -> bucket.spend(cost));
      assertThat(decision).isInstanceOf(Allowed.class);
    } else {
      assertThat(decision).isInstanceOf(Limited.class);
      long nanos = counted.values().stream().mapToLong(b -> b.waitNanos(cost)).max().orElseThrow();
      assertThat(((Limited) decision).retryAfterMillis())
          .isEqualTo(never ? RateLimiter.NEVER_MILLIS : (nanos + 999_999) / 1_000_000);
    }
    List<Window> expected = new ArrayList<>();
    counted.forEach(
        (name, bucket) ->
            expected.add(
                new Window(
                    name,
                    Map.of("mine-1s", 7, "mine-1m", 40, "ours", 11, "writes", 3).get(name),
                    Map.of("mine-1s", 1, "mine-1m", 60, "ours", 3, "writes", 2).get(name),
                    bucket.remaining(),
                    (int) ((bucket.fullInNanos() + SECOND - 1) / SECOND))));
    assertThat(decision.windows()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(decision.windows())
        .isSortedAccordingTo((a, b) -> Long.compare(a.remaining(), b.remaining()));
  }

  private ExactBucket bucket(String key, long quota, long window, long burst, long now) {
    ExactBucket bucket =
        buckets.computeIfAbsent(key, k -> new ExactBucket(quota, window, burst, now));
    bucket.advanceTo(now);
    return bucket;
  }
}
