package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.starling.fusion.core.Resolver;
import dev.starling.testkit.MiniLm;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A small part of what {@code scripts/fusion-eval} measures, with room for chance. */
class HeldOutAccuracyTest {
  private static final int CASES = 300;

  /** What has been reached, less what a sample of this size varies by; the aim is in the docs. */
  private static final double LEAST_RIGHT = 0.9;

  private static final double MOST_GUESSED = 0.04;
  private static final long SEED = 11;

  @Test
  void heldOutScenarios_areMostlyUnderstood_andSeldomGuessed() throws Exception {
    Optional<Resolver> own = Contestants.own();
    assumeThat(own).isPresent();
    List<Scenario> scenarios = new Generator(Wording.heldOut(), SEED).some(CASES);

    try (MiniLm model = new MiniLm()) {
      Measurement measurement =
          Measurement.of("starling", own.get(), scenarios, Embedder.remembering(model));

      assertThat(measurement.accuracy())
          .as(misses(measurement))
          .isGreaterThanOrEqualTo(LEAST_RIGHT);
      assertThat(measurement.guessed()).as(misses(measurement)).isLessThanOrEqualTo(MOST_GUESSED);
    }
  }

  @Test
  void decisions_inAnyOrderOfArrival_areTheSameToTheByte() throws Exception {
    Optional<Resolver> own = Contestants.own();
    assumeThat(own).isPresent();
    List<Scenario> scenarios = new Generator(Wording.heldOut(), SEED).some(60);

    try (MiniLm model = new MiniLm()) {
      Determinism determinism =
          new Determinism(own.get(), Contestants::bytes, Embedder.remembering(model));

      assertThat(determinism.differing(scenarios, 6, SEED)).isEmpty();
    }
  }

  private static String misses(Measurement measurement) {
    return measurement.results().stream()
        .filter(result -> !result.right())
        .map(Result::describe)
        .collect(Collectors.joining("\n"));
  }
}
