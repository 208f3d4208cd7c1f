package dev.starling.policy.degradation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.Condition;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DegradationTest {
  private long now;

  @Test
  void rule_signalBeyondForHold_isInForce() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 1)));

    observe(degradation, 101, 10);
    assertThat(degradation.inForce()).as("it held for 9 s").isEmpty();

    observe(degradation, 101, 1);
    assertThat(degradation.inForce()).containsExactly(new Lowering(rule("busy", 1, 1), 1, 101));
  }

  @Test
  void rule_signalThatFallsInBetween_startsAfresh() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 1)));

    observe(degradation, 101, 10);
    observe(degradation, 99, 1);
    observe(degradation, 101, 10);

    assertThat(degradation.inForce()).isEmpty();
  }

  @Test
  void rule_signalThatStaysBeyond_goesOnStepByStep() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 2)));

    observe(degradation, 200, 11);
    assertThat(ranks(degradation)).isEqualTo(1);

    observe(degradation, 200, 10);
    assertThat(ranks(degradation)).isEqualTo(2);

    observe(degradation, 200, 100);
    assertThat(ranks(degradation)).as("there are two steps").isEqualTo(2);
  }

  @Test
  void rule_signalBetweenTheThresholds_changesNothing() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 2)));
    observe(degradation, 200, 11);

    observe(degradation, 90, 1_000);

    assertThat(ranks(degradation)).isEqualTo(1);
  }

  @Test
  void rule_signalRelievedForHold_goesBackStepByStep() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 2)));
    observe(degradation, 200, 21);

    observe(degradation, 79, 11);
    assertThat(ranks(degradation)).isEqualTo(1);

    observe(degradation, 79, 10);
    assertThat(degradation.inForce()).isEmpty();
  }

  @Test
  void rule_noisySignal_neverFlaps() {
    for (long seed = 0; seed < 50; seed++) {
      Degradation degradation = new Degradation(List.of(rule("busy", 1, 1)));
      SplittableRandom random = new SplittableRandom(seed);
      int changes = 0;
      // Ten minutes about the threshold, with bursts far beyond both ends.
      for (int second = 0; second < 600; second++) {
        double value = 100 + random.nextGaussian() * 40;
        now += Duration.ofSeconds(1).toNanos();
        changes += degradation.observe((signal, operation) -> value, now) ? 1 : 0;
      }
      assertThat(changes).as("seed %s", seed).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void rule_slowlySwingingNoisySignal_changesOncePerSwing() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 1)));
    SplittableRandom random = new SplittableRandom(7);
    int changes = 0;
    for (int second = 0; second < 1_200; second++) {
      double swing = 100 + 80 * Math.sin(2 * Math.PI * second / 240);
      double value = swing + random.nextGaussian() * 8;
      now += Duration.ofSeconds(1).toNanos();
      changes += degradation.observe((signal, operation) -> value, now) ? 1 : 0;
    }
    assertThat(changes).as("five swings, each of them up and down").isEqualTo(10);
  }

  @Test
  void with_sameRule_staysInForce() {
    Degradation degradation = new Degradation(List.of(rule("busy", 1, 2), rule("gone", 1, 1)));
    observe(degradation, 200, 11);

    Degradation reloaded = degradation.with(List.of(rule("new", 1, 1), rule("busy", 1, 2)));

    assertThat(reloaded.inForce()).containsExactly(new Lowering(rule("busy", 1, 2), 1, 200));
    now += Duration.ofSeconds(10).toNanos();
    reloaded.observe((signal, operation) -> 200, now);
    assertThat(reloaded.inForce()).containsExactly(new Lowering(rule("busy", 1, 2), 2, 200));
  }

  @Test
  void lower_ranks_stopsAtTheLastAndSparesOperations() {
    assertThat(Lowering.lower(Priority.CRITICAL, 1)).isEqualTo(Priority.NORMAL);
    assertThat(Lowering.lower(Priority.NORMAL, 3)).isEqualTo(Priority.SHEDDABLE);
    assertThat(Lowering.lower(Priority.SHEDDABLE, 1)).isEqualTo(Priority.SHEDDABLE);
    assertThat(Lowering.lower(Priority.CRITICAL, 0)).isEqualTo(Priority.CRITICAL);
    assertThat(Lowering.lower(Priority.OPERATIONS, 3)).isEqualTo(Priority.OPERATIONS);
  }

  private static int ranks(Degradation degradation) {
    return degradation.inForce().stream().mapToInt(Lowering::ranks).sum();
  }

  private void observe(Degradation degradation, double value, int seconds) {
    for (int i = 0; i < seconds; i++) {
      now += Duration.ofSeconds(1).toNanos();
      degradation.observe((signal, operation) -> value, now);
    }
  }

  private static DegradationRule rule(String name, int ranks, int steps) {
    return new DegradationRule(
        name,
        Condition.parse("requests-per-second > 100"),
        null,
        Duration.ofSeconds(10),
        Match.EVERYTHING,
        ranks,
        steps);
  }
}
