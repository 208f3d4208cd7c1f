package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeterminismTest {
  private static final List<Scenario> SCENARIOS = new Generator(Wording.heldOut(), 1).some(10);

  /** Decides by what came last, as what is not deterministic would. */
  private static final class LastToArrive implements Resolver {
    private final Resolver rules = Contestants.baselines().get("keyword rules");

    @Override
    public Set<String> wants(Situation situation) {
      return Set.of();
    }

    @Override
    public Decision decide(Situation situation) {
      Decision decision = rules.decide(situation);
      return new Decision(
          decision.utterance(),
          decision.status(),
          decision.intent(),
          decision.target(),
          List.copyOf(situation.events()).get(situation.events().size() - 1).deviceId(),
          decision.arguments(),
          decision.confidence(),
          decision.question(),
          decision.options(),
          decision.answers(),
          decision.explanation());
    }
  }

  @Test
  void resolver_thatDependsOnTheOrder_isFound() {
    Determinism determinism =
        new Determinism(new LastToArrive(), Contestants::bytes, Embedder.NONE);

    assertThat(determinism.differing(SCENARIOS, 20, 1)).hasSameSizeAs(SCENARIOS);
  }
}
