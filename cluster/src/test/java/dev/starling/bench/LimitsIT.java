package dev.starling.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.load.Gets;
import dev.starling.load.Gets.Outcome;
import dev.starling.load.OpenLoop;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import dev.starling.testkit.TestRedis;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of {@code scripts/bench limits}: a day's permits, and nothing about time. */
@Timeout(120)
final class LimitsIT {
  private static final int PERMITS = 1_000;

  /** What three nodes may have borrowed and not used: three blocks of 1,000 / 64 / 3. */
  private static final int BORROWED = 15;

  /** A day's permits flow back at one in 86 s, and a test takes less than three times that. */
  private static final int FLOWN_BACK = 3;

  private static TestRedis redis;
  private static Bed bed;
  private static User user;

  @BeforeAll
  static void start(@TempDir Path directory) {
    redis = TestRedis.start();
    bed = Bed.start(Limits.spec(directory, redis, 23_400, List.of("-Xmx320m", "-XX:+UseSerialGC")));
    user = new SignUps(bed.nodes().get(0)).create(1, "hammer").get(0);
  }

  @AfterAll
  static void stop() {
    bed.close();
    redis.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "cluster"})
  void limit_hammeredThroughThreeNodes_isUsedUpAndNeverExceeded(String policy) {
    bed.policies(Limits.rule(policy, "day", PERMITS));
    double before = decidedAlone();
    try (OpenLoop<Gets> load = Gets.of("/v1/users/me", bed.nodes(), user)) {
      Outcome outcome;
      int passed = 0;
      int failed = 0;
      do {
        load.closedLoop(16, 500);
        outcome = load.ask(Gets::take);
        passed += outcome.succeeded().size();
        failed += outcome.failed();
      } while (outcome.limited() == 0);

      assertThat(failed).isZero();
      // On a machine that stands still a call may be decided without the others.
      int alone = (int) (decidedAlone() - before);
      assertThat(passed).isBetween(PERMITS - BORROWED, PERMITS + FLOWN_BACK + alone);
    }
  }

  /** Calls that a node decided by itself, because nobody lent it anything in time. */
  private static double decidedAlone() {
    return bed.nodes().stream()
        .mapToDouble(node -> node.metric("ratelimit_lease_unanswered_total", ""))
        .sum();
  }
}
