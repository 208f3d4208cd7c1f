package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Resolver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Whether the order in which events arrive makes a difference. */
final class Determinism {
  private final Resolver resolver;
  private final Function<Decision, byte[]> bytes;
  private final Embedder embedder;

  /**
   * @param bytes of a decision, which are compared
   */
  Determinism(Resolver resolver, Function<Decision, byte[]> bytes, Embedder embedder) {
    this.resolver = resolver;
    this.bytes = bytes;
    this.embedder = embedder;
  }

  /**
   * The ids of scenarios of which some order gives something else than another one.
   *
   * @param orders of each scenario's events, beside the one in which they arrived; in each third
   *     one an event is there twice
   */
  List<String> differing(List<Scenario> scenarios, int orders, long seed) {
    List<String> differing = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      byte[] first = decide(scenario, scenario.events());
      Draw draw = Draw.of(seed, scenario.id());
      for (int order = 0; order < orders; order++) {
        List<FusionEvent> events = new ArrayList<>(scenario.events());
        if (order % 3 == 2) {
          events.add(draw.of(scenario.events()));
        }
        if (!Arrays.equals(first, decide(scenario, draw.shuffled(events)))) {
          differing.add(scenario.id());
          break;
        }
      }
    }
    return differing;
  }

  private byte[] decide(Scenario scenario, List<FusionEvent> events) {
    return bytes.apply(resolver.decide(Situations.of(scenario, events, resolver, embedder)));
  }
}
