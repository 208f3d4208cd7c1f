package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.evaluation.Result.Outcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BaselinesTest {
  private static final Map<String, Resolver> BASELINES = Contestants.baselines();
  private static @Nullable Measurement latest;
  private static @Nullable Measurement rules;

  @BeforeAll
  static void measure() {
    List<Scenario> scenarios = new Generator(Wording.heldOut(), 3).some(2500);
    latest = measurement("most recent image", scenarios);
    rules = measurement("keyword rules", scenarios);
  }

  @AfterAll
  static void forget() {
    latest = null;
    rules = null;
  }

  private static Measurement measurement(String name, List<Scenario> scenarios) {
    return Measurement.of(name, BASELINES.get(name), scenarios, Embedder.NONE);
  }

  @Test
  void keywordRules_knowMoreThanTheLatestPicture_andAreNotEnough() {
    assertThat(rules.accuracy())
        .isBetween(latest.accuracy() + 0.1, FusionEvaluation.LEAST_ACCURACY);
  }

  @Test
  void mostRecentImage_whereThatIsMeant_isMostlyRight() {
    assertThat(of(latest, Phenomenon.JUST_TOOK).accuracy()).isGreaterThan(0.6);
    assertThat(of(latest, Phenomenon.ONE_BEFORE).accuracy()).isLessThan(0.05);
  }

  @Test
  void keywordRules_whereKeywordsTell_areMostlyRight() {
    assertThat(of(rules, Phenomenon.PART_OF_DAY).accuracy()).isGreaterThan(0.6);
    assertThat(of(rules, Phenomenon.COLOR).accuracy()).isGreaterThan(0.6);
    assertThat(of(rules, Phenomenon.NOT_A_COMMAND).accuracy()).isGreaterThan(0.6);
  }

  @Test
  void shares_ofAllOutcomes_areOne() {
    double sum = 0;
    for (Outcome outcome : Outcome.values()) {
      sum += rules.share(outcome);
    }

    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Test
  void baselines_inAnyOrderOfArrival_decideTheSame() {
    List<Scenario> scenarios = new Generator(Wording.heldOut(), 4).some(100);
    Resolver resolver = BASELINES.get("keyword rules");

    assertThat(
            new Determinism(resolver, Contestants::bytes, Embedder.NONE).differing(scenarios, 6, 1))
        .isEmpty();
  }

  private static Measurement of(Measurement measurement, Phenomenon phenomenon) {
    return measurement.only(scenario -> scenario.phenomenon() == phenomenon);
  }
}
