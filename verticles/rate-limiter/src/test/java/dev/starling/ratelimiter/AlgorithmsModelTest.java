package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.burst;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.call;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.queue;
import static dev.starling.ratelimiter.Calls.remaining;
import static dev.starling.ratelimiter.Calls.waiting;
import static dev.starling.ratelimiter.Calls.window;
import static dev.starling.ratelimiter.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Per;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of every algorithm at once, against models that are plain and keep everything. */
class AlgorithmsModelTest {
  private static final int STEPS = 20_000;
  private static final long MILLI = 1_000_000;

  /** Every moment is a multiple of it, and so of every window's tick. */
  private static final long STEP = 1_000;

  private static final LimitRule[] RULES = {
    burst(9, per(Per.ROUTE, "bucket", window(60, 3))),
    queue(Duration.ofMillis(800), per(Per.CONSUMER, "queue", window(7, 1), window(60, 20))),
    with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "fixed", window(8, 1), window(40, 10))),
    with(Algorithm.SLIDING_WINDOW, per(Per.IP, "sliding", window(11, 2), window(120, 60))),
  };

  private final Map<String, PlainWindow> models = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void spend_randomCalls_agreesWithTheModels(long seed) {
    Random random = new Random(seed);
    RateLimiter limiter = Calls.limiter(limits(65_536, RULES));
    long now = (1_800_000_000L + random.nextInt(1_000_000)) * SECOND;
    int limited = 0;
    int delayed = 0;
    for (int i = 0; i < STEPS; i++) {
      now += random.nextInt(5) == 0 ? 0 : STEP * random.nextInt(20_000);
      if (random.nextInt(500) == 0) {
        now += STEP * random.nextInt(70_000_000);
      }
      Spend call = randomCall(random);
      Decision decision = limiter.spend(call, now);
      expect(decision, call, now);
      limited += decision instanceof Limited ? 1 : 0;
      delayed += decision instanceof Allowed allowed && allowed.delayMillis() > 0 ? 1 : 0;
    }
    assertThat(limited).isBetween(STEPS / 10, STEPS * 9 / 10);
    assertThat(delayed).isGreaterThan(STEPS / 50);
  }

  private static Spend randomCall(Random random) {
    Spend call =
        call(
            "user" + random.nextInt(5),
            "op" + random.nextInt(3),
            "192.0.2." + random.nextInt(4),
            random.nextInt(3) == 0 ? 1 + random.nextInt(9) : 1);
    return random.nextInt(3) == 0 ? waiting(call, random.nextInt(500)) : call;
  }

  private void expect(Decision decision, Spend call, long now) {
    Map<String, PlainWindow> counted = counted(call, now);
    if (allowed(counted, call, now)) {
      long delay = counted.values().stream().mapToLong(w -> w.delayNanos(now)).max().orElse(0);
      assertThat(decision)
          .isInstanceOfSatisfying(
              Allowed.class,
              allowed -> assertThat(allowed.delayMillis()).isEqualTo((delay + MILLI - 1) / MILLI));
      counted.values().forEach(window -> window.spend(call.cost(), now));
    } else {
      assertThat(decision)
          .isInstanceOfSatisfying(Limited.class, limited -> expectWait(limited, call, now));
    }
    counted.forEach(
        (name, window) ->
            assertThat(remaining(decision, name)).as(name).isEqualTo(window.remaining(now)));
  }

  /** It would be allowed after the time that the caller is told, and not a millisecond earlier. */
  private void expectWait(Limited limited, Spend call, long now) {
    Map<String, PlainWindow> counted = counted(call, now);
    long wait = limited.retryAfterMillis();
    if (call.cost() > 7) {
      // More than a second's worth of the queue.
      assertThat(wait).isEqualTo(RateLimiter.NEVER_MILLIS);
      return;
    }
    assertThat(allowed(counted, call, now + wait * MILLI)).as("%s later", limited).isTrue();
    assertThat(wait).isPositive();
    assertThat(allowed(counted, call, now + (wait - 1) * MILLI)).as("before %s", limited).isFalse();
    assertThat(counted.get(limited.policy()))
        .satisfiesAnyOf(
            window -> assertThat(window.has(call.cost(), now)).isFalse(),
            window ->
                assertThat(window.delayNanos(now)).isGreaterThan(call.maxDelayMillis() * MILLI));
  }

  private static boolean allowed(Map<String, PlainWindow> counted, Spend call, long at) {
    return counted.values().stream()
        .allMatch(
            window ->
                window.has(call.cost(), at)
                    && window.delayNanos(at) <= call.maxDelayMillis() * MILLI);
  }

  private Map<String, PlainWindow> counted(Spend call, long now) {
    String consumer = call.consumer();
    String address = call.clientAddress();
    Map<String, PlainWindow> windows = new LinkedHashMap<>();
    windows.put(
        "bucket",
        of("bucket " + call.operation(), PlainWindow.tokenBucket(60, 3 * SECOND, 9, now)));
    windows.put(
        "queue-1s", of("queue-1s " + consumer, PlainWindow.leakyBucket(7, SECOND, 800 * MILLI)));
    windows.put(
        "queue-20s",
        of("queue-20s " + consumer, PlainWindow.leakyBucket(60, 20 * SECOND, 800 * MILLI)));
    windows.put("fixed-1s", of("fixed-1s " + consumer, PlainWindow.fixedWindow(8, SECOND)));
    windows.put("fixed-10s", of("fixed-10s " + consumer, PlainWindow.fixedWindow(40, 10 * SECOND)));
    windows.put(
        "sliding-2s", of("sliding-2s " + address, PlainWindow.slidingWindow(11, 2 * SECOND)));
    windows.put(
        "sliding-1m", of("sliding-1m " + address, PlainWindow.slidingWindow(120, 60 * SECOND)));
    return windows;
  }

  private PlainWindow of(String key, PlainWindow empty) {
    return models.computeIfAbsent(key, absent -> empty);
  }

  /** Extreme numbers, each algorithm by itself. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void spend_extremeNumbers_agreesWithTheModels(long seed) {
    Random random = new Random(seed);
    long[] quotas = {1, 2, 3, 1000, 999_983, 1_000_000_000};
    int[] lengths = {1, 2, 3, 4, 60, 3_600, 86_400, 31_622_400};
    for (long quota : quotas) {
      for (int length : lengths) {
        compare(
            with(Algorithm.FIXED_WINDOW, per(Per.CONSUMER, "w", window(quota, length))),
            PlainWindow.fixedWindow(quota, length * SECOND),
            random);
        compare(
            with(Algorithm.SLIDING_WINDOW, per(Per.CONSUMER, "w", window(quota, length))),
            PlainWindow.slidingWindow(quota, length * SECOND),
            random);
      }
    }
  }

  private static void compare(LimitRule rule, PlainWindow model, Random random) {
    RateLimiter limiter = Calls.limiter(rule);
    long quota = rule.rate().windows().get(0).permits();
    long length = rule.rate().windows().get(0).length().toNanos();
    // The longest tick is 10 ms.
    long tick = 10 * MILLI;
    long now = 1_800_000_000L * SECOND;
    for (int i = 0; i < 300; i++) {
      now += (long) (random.nextDouble() * length / 2) / tick * tick;
      int cost = (int) Math.min(Integer.MAX_VALUE, 1 + (long) (random.nextDouble() * quota / 2));
      Decision decision = limiter.spend(Calls.costing(by("ann"), cost), now);
      assertThat(decision instanceof Allowed)
          .as("%s at %d", rule, now)
          .isEqualTo(model.has(cost, now));
      if (decision instanceof Limited limited) {
        long later = now + limited.retryAfterMillis() * MILLI;
        assertThat(model.has(cost, later)).as("%s at %d", rule, later).isTrue();
        assertThat(model.has(cost, later - tick - MILLI)).as("%s before %d", rule, later).isFalse();
      } else {
        model.spend(cost, now);
      }
      assertThat(remaining(decision, "w")).isEqualTo(model.remaining(now));
    }
  }

  /** As the Javadoc of SlidingWindow promises; the worst that two counters let pass. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void slidingWindow_anyStretch_neverPassesMoreThanATokenBucketWould(long seed) {
    Random random = new Random(seed);
    RateLimiter limiter =
        Calls.limiter(with(Algorithm.SLIDING_WINDOW, per(Per.CONSUMER, "w", window(50, 1))));
    long[] passed = new long[3_000];
    int count = 0;
    long now = 1_800_000_000L * SECOND;
    while (count < passed.length) {
      // Bursts and pauses, since evenness would hide the error.
      now += random.nextInt(30) == 0 ? random.nextInt((int) SECOND) : random.nextInt(3_000_000);
      if (limiter.spend(by("ann"), now) instanceof Allowed) {
        passed[count++] = now;
      }
    }
    for (int from = 0; from < count; from++) {
      for (int to = from; to < count && passed[to] - passed[from] <= SECOND; to++) {
        double stretch = (double) (passed[to] - passed[from]) / SECOND;
        assertThat(to - from + 1).isLessThanOrEqualTo((int) Math.ceil(50 * (1 + stretch) + 1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void leakyBucket_callsThatWaitForTheirTurn_leaveEvenly(long seed) {
    Random random = new Random(seed);
    RateLimiter limiter =
        Calls.limiter(queue(Duration.ofSeconds(2), per(Per.CONSUMER, "w", window(20, 1))));
    long now = 1_800_000_000L * SECOND;
    long next = now;
    int waited = 0;
    for (int i = 0; i < 5_000; i++) {
      now += random.nextInt(50) == 0 ? SECOND : random.nextInt((int) SECOND / 15);
      int cost = 1 + random.nextInt(2);
      Decision decision = limiter.spend(Calls.costing(by("ann"), cost), now);
      if (decision instanceof Allowed allowed) {
        long leaves = now + allowed.delayMillis() * MILLI;
        // Told in milliseconds, rounded up.
        assertThat(leaves).isBetween(Math.max(now, next), Math.max(now, next) + MILLI);
        next = Math.max(now, next) + cost * SECOND / 20;
        waited += allowed.delayMillis() > 0 ? 1 : 0;
      }
    }
    assertThat(waited).isGreaterThan(500);
  }

  /** A call that would have to wait longer than it can is limited, and takes nobody's turn. */
  @ParameterizedTest
  @ValueSource(ints = {0, 40, 99})
  void leakyBucket_callThatCannotWait_spendsNothing(int patience) {
    RateLimiter limiter =
        Calls.limiter(queue(Duration.ofSeconds(1), per(Per.CONSUMER, "w", window(10, 1))));
    long now = 1_800_000_000L * SECOND;
    assertThat(limiter.spend(by("ann"), now)).isInstanceOf(Allowed.class);

    for (int i = 0; i < 20; i++) {
      assertThat(limiter.spend(waiting(by("ann"), patience), now))
          .isInstanceOfSatisfying(
              Limited.class,
              limited -> assertThat(limited.retryAfterMillis()).isEqualTo(100 - patience));
    }
    assertThat(limiter.spend(waiting(by("ann"), 100), now))
        .isInstanceOfSatisfying(
            Allowed.class, allowed -> assertThat(allowed.delayMillis()).isEqualTo(100));
    assertThat(List.of(limiter.spend(by("ben"), now))).hasOnlyElementsOfType(Allowed.class);
  }
}
