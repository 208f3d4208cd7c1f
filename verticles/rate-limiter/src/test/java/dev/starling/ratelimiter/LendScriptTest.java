package dev.starling.ratelimiter;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.redis.Redis;
import dev.starling.redis.RedisConfig;
import dev.starling.redis.Script;
import dev.starling.sdk.Secret;
import dev.starling.testkit.TestRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script on a real server, with a clock of the test's, against models that keep everything. */
@Timeout(60)
class LendScriptTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int STEPS = 4_000;
  private static final long SECOND = 1_000_000; // in microseconds
  private static final Vertx VERTX = Vertx.vertx();
  private static TestRedis server;
  private static Redis redis;

  /** A window as the script's arguments say it. */
  private record Window(int kind, long permits, long length, long burst, long maxDelay) {
    PlainWindow model(long now) {
      return switch (kind) {
        case 0 -> PlainWindow.tokenBucket(permits, length * 1000, burst, now * 1000);
        case 1 -> PlainWindow.leakyBucket(permits, length * 1000, maxDelay * 1000);
        case 2 -> PlainWindow.fixedWindow(permits, length * 1000);
        default -> PlainWindow.slidingWindow(permits, length * 1000);
      };
    }

    List<String> arguments() {
      return List.of("" + kind, "" + permits, "" + length, "" + burst, "" + maxDelay);
    }
  }

  private static final List<List<Window>> RULES =
      List.of(
          List.of(new Window(0, 60, 3 * SECOND, 9, 0), new Window(0, 200, 20 * SECOND, 200, 0)),
          List.of(new Window(1, 7, SECOND, 6, 800_000)),
          List.of(new Window(2, 8, SECOND, 8, 0), new Window(2, 40, 10 * SECOND, 40, 0)),
          List.of(new Window(3, 11, 2 * SECOND, 11, 0), new Window(3, 120, 60 * SECOND, 120, 0)));

  private final Map<String, List<PlainWindow>> models = new HashMap<>();

  @BeforeAll
  static void start() {
    server = TestRedis.start();
    redis =
        await(
            Redis.start(
                VERTX,
                new RedisConfig(server.uri(), Secret.NONE, 1, 1000, LIMIT, LIMIT),
                new SimpleMeterRegistry(),
                new Random(1)));
  }

  @AfterAll
  static void stop() {
    await(redis.close());
    await(VERTX.close());
    server.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void lend_randomAsks_agreesWithTheModels(long seed) {
    Random random = new Random(seed);
    long now = (1_800_000_000L + random.nextInt(1_000_000)) * SECOND;
    int refused = 0;
    for (int i = 0; i < STEPS; i++) {
      now += random.nextInt(4) == 0 ? 0 : random.nextInt(120_000);
      if (random.nextInt(300) == 0) {
        now += random.nextInt(70) * SECOND;
      }
      List<Integer> rules = new ArrayList<>();
      for (int rule = 0; rule < RULES.size(); rule++) {
        if (random.nextInt(2) == 0) {
          rules.add(rule);
        }
      }
      if (!rules.isEmpty()) {
        int need = 1 + random.nextInt(3);
        refused += expect(seed, rules, random.nextInt(3), need, need + random.nextInt(4), now);
      }
    }
    assertThat(refused).isBetween(STEPS / 10, STEPS * 9 / 10);
  }

  /** Returns 1 when it was refused. */
  private int expect(long seed, List<Integer> rules, int key, int need, int want, long now) {
    List<String> keys = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of("" + now));
    List<List<PlainWindow>> counted = new ArrayList<>();
    for (int rule : rules) {
      List<Window> windows = RULES.get(rule);
      String name = "seed " + seed + " rule " + rule + " key " + key;
      keys.add(name);
      arguments.addAll(List.of("" + need, "" + want, "" + windows.size()));
      windows.forEach(window -> arguments.addAll(window.arguments()));
      counted.add(
          models.computeIfAbsent(
              name, absent -> windows.stream().map(window -> window.model(now)).toList()));
    }
    List<Long> answer = run(keys, arguments);
    long nanos = now * 1000;
    boolean lent = counted.stream().flatMap(List::stream).allMatch(w -> w.has(need, nanos));
    assertThat(answer.get(0)).as("%s at %d", keys, now).isEqualTo(lent ? 1 : 0);
    if (lent) {
      expectLent(rules, counted, answer, need, want, nanos);
      return 0;
    }
    expectRefused(counted, answer, need, nanos);
    return 1;
  }

  private static void expectLent(
      List<Integer> rules,
      List<List<PlainWindow>> counted,
      List<Long> answer,
      int need,
      int want,
      long nanos) {
    int at = 1;
    for (int i = 0; i < counted.size(); i++) {
      List<PlainWindow> windows = counted.get(i);
      long permits = want;
      for (PlainWindow window : windows) {
        permits = Math.min(permits, Math.max(need, window.remaining(nanos)));
      }
      assertThat(answer.get(at)).isEqualTo(permits);
      assertThat(answer.get(at + 1)).isBetween(0L, 500L);
      long delay = windows.stream().mapToLong(w -> w.delayNanos(nanos)).max().orElseThrow();
      assertThat(answer.get(at + 2)).isBetween(delay / 1000 - 1, delay / 1000 + 1);
      at += 4;
      for (PlainWindow window : windows) {
        window.spend((int) permits, nanos);
        if (RULES.get(rules.get(i)).get(0).kind() != 1) {
          assertThat(answer.get(at)).isEqualTo(window.remaining(nanos));
        }
        at += 2;
      }
    }
    assertThat(answer).hasSize(at);
  }

  private static void expectRefused(
      List<List<PlainWindow>> counted, List<Long> answer, int need, long nanos) {
    long millis = answer.get(3);
    PlainWindow refusing = counted.get(answer.get(1).intValue()).get(answer.get(2).intValue());
    assertThat(refusing.has(need, nanos)).isFalse();
    assertThat(
            counted.stream()
                .flatMap(List::stream)
                .allMatch(window -> window.has(need, nanos + (millis + 1) * 1_000_000)))
        .isTrue();
    assertThat(refusing.has(need, nanos + (millis - 2) * 1_000_000)).isFalse();
    int at = 4;
    for (List<PlainWindow> windows : counted) {
      for (PlainWindow window : windows) {
        assertThat(answer.get(at)).isEqualTo(window.remaining(nanos));
        at += 2;
      }
    }
    assertThat(answer).hasSize(at);
  }

  @Test
  void lend_bucketThatIsAsNew_isForgottenByRedis() {
    List<Long> answer =
        run(
            List.of("forgotten"),
            List.of("", "1", "1", "1", "0", "1000", "" + SECOND, "1000", "0"));

    assertThat(answer).startsWith(1L, 1L, 500L, 0L, 0L, 999L);
    long millis = await(redis.send(Request.cmd(Command.PTTL).arg("forgotten"), LIMIT)).toLong();
    // A millisecond until it is full, and a second to spare for clocks.
    assertThat(millis).isBetween(1L, 1_002L);
  }

  /** After a failover the clock may be behind; nobody gains by it. */
  @Test
  void lend_clockThatGoesBack_givesNothingTwice() {
    long now = 1_800_000_000L * SECOND;
    for (int kind = 0; kind < 4; kind++) {
      long lent = 0;
      for (int i = 0; i < 200; i++) {
        // Two seconds forth and one back, in steps of 10 ms.
        long at = now + (i % 3 == 2 ? i - 100 : i) * 10_000L;
        List<Long> answer =
            run(
                List.of("back" + kind),
                List.of("" + at, "1", "100", "1", "" + kind, "10", "" + SECOND, "10", "0"));
        lent += answer.get(0) == 1 ? answer.get(1) : 0;
      }
      // The first ten, and ten in each of the two seconds.
      assertThat(lent).as("kind %d", kind).isBetween(19L, 30L);
    }
  }

  /** Of the server's clock only the window's end can be told from outside. */
  @Test
  void lend_serversOwnTime_isTheWindowOfTheClock() {
    List<Long> answer =
        run(List.of("clock"), List.of("", "1", "1", "1", "2", "5", "" + 3600 * SECOND, "5", "0"));
    List<Response> time = await(redis.send(Request.cmd(Command.TIME), LIMIT)).stream().toList();
    long left = 3600 - time.get(0).toLong() % 3600;

    assertThat(answer.get(6)).isBetween((left - 60) * 1000, (left + 60) * 1000);
  }

  private static List<Long> run(List<String> keys, List<String> arguments) {
    return await(redis.run(RedisLender.LEND, new Script.Run(keys, arguments), LIMIT)).stream()
        .map(Response::toLong)
        .toList();
  }
}
