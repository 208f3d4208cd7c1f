package dev.starling.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code scripts/chaos}: one round each of a kill, a freeze and a rolling
 * restart, with little load. It counts calls and writes, and asserts no times.
 */
@Timeout(300)
final class ChaosIT {
  private static final double CALLS_PER_SECOND = 60;

  private static Arena arena;

  @BeforeAll
  static void start(@TempDir Path directory) {
    arena =
        Arena.onLoopback(
            new Arena.Options(
                directory,
                23_000,
                20,
                0.1,
                1,
                "",
                List.of(),
                List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                node -> {}));
    arena.warmUp(4_000);
  }

  @AfterAll
  static void stop() {
    arena.close();
  }

  @Test
  void node_killed_failsNoSafeCallAndLosesNoWrite() {
    RoundResult result = play(Kill.warm());

    assertNone(result, Measure.FAILED_SAFE, Measure.WRONG_UNSAFE, Measure.LOST_WRITES);
  }

  @Test
  void node_frozenAndThawed_failsNoSafeCallAndExecutesNothingExpired() {
    RoundResult result = play(new Freeze());

    assertNone(
        result,
        Measure.FAILED_SAFE,
        Measure.WRONG_UNSAFE,
        Measure.EXPIRED_EXECUTED,
        Measure.LOST_WRITES);
  }

  @Test
  void nodes_rolled_failNoCallAtAll() {
    RoundResult result = play(new Roll(0));

    assertNone(
        result, Measure.FAILED_SAFE, Measure.FAILED_UNSAFE, Measure.LOST_WRITES, Measure.BAD_EXITS);
  }

  private static RoundResult play(Fault fault) {
    return fault.play(arena.round(CALLS_PER_SECOND), new Random(1));
  }

  private static void assertNone(RoundResult result, Measure... measures) {
    assertThat(result.victimShare()).as("the victim's share").isGreaterThan(0.1);
    for (Measure measure : measures) {
      assertThat(result.values().get(measure)).as(measure.text() + ": " + result.notes()).isZero();
    }
  }
}
