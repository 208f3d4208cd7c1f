package dev.starling.chaos;

import dev.starling.load.Gets;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import dev.starling.testkit.TestRedis;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The Redis through which nodes share the limits of the routes that are measured is killed, and
 * comes back empty. One more consumer asks for three times its limit all the while.
 */
final class RedisKill implements Fault {
  /** So small that no node keeps permits: each call asks. */
  private static final int LIMIT = 100;

  /** Continues the limits of the lab's policy file. */
  static final String POLICIES =
      "  - { name: shared, match: { operation: users.* }, per: consumer, rate: { second: %d },"
              .formatted(LIMIT)
          + " algorithm: fixed-window, policy: redis }\n";

  private static final int AWAY_MILLIS = 3_000;
  private static final int TIGHT_MILLIS = 2_000;
  private static final int WATCH_MILLIS = 4_000;
  private static final double PERCENT = 100;

  private final TestRedis redis;
  private final Account hammering;
  private boolean rehearsed;

  /**
   * @param redis is killed once before the first round, so that what is measured is not how nodes
   *     compile what had never met a closed connection
   */
  RedisKill(TestRedis redis, List<Account> accounts) {
    this.redis = redis;
    this.hammering = accounts.get(0);
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.SERVER_ERRORS, 0,
        Measure.SLOWER, 20,
        Measure.OVER_LIMIT, 102,
        Measure.LOST_WRITES, 0,
        Measure.EVICTED, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    List<String> ids = lab.nodes().stream().map(Lab::id).toList();
    try (OpenLoop<Gets> hammer = Gets.of("/v1/users/me", lab.edges(), hammering.user)) {
      hammer.start(3 * LIMIT);
      if (!rehearsed) {
        rehearsed = true;
        rehearse();
      }
      round.begin();
      round.strike(redis::kill);
      Set<String> evicted = lab.evicted(ids, round.struckNanos() + AWAY_MILLIS * 1_000_000L);
      redis.restart();
      Pause.millis(TIGHT_MILLIS);
      Gets.Outcome before = hammer.ask(Gets::take);
      Pause.millis(WATCH_MILLIS);
      hammer.stop();
      Gets.Outcome after = hammer.ask(Gets::take);
      CallLog log = round.end();
      round
          .set(Measure.SERVER_ERRORS, log.serverErrors() + before.failed() + after.failed())
          .set(Measure.SLOWER, log.slowerMillis())
          .set(Measure.EVICTED, evicted.size())
          .set(Measure.OVER_LIMIT, PERCENT * after.succeeded().mostInASecondOfTheClock() / LIMIT);
      round.note("hammering: %s, then %s".formatted(before, after));
    }
    lab.awaitWhole();
    return round.reckon();
  }

  private void rehearse() {
    redis.kill();
    Pause.millis(AWAY_MILLIS);
    redis.restart();
    Pause.millis(TIGHT_MILLIS);
  }
}
