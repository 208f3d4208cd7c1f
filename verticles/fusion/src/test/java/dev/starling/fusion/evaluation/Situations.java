package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Makes of a scenario what a resolver is given, as the service does. */
final class Situations {
  private Situations() {}

  /**
   * With the vectors that the resolver wants.
   *
   * @param events of the scenario, in any order
   */
  static Situation of(
      Scenario scenario, Collection<FusionEvent> events, Resolver resolver, Embedder embedder) {
    FusionEvent utterance =
        events.stream()
            .filter(event -> event.key().equals(scenario.utterance().key()))
            .findFirst()
            .orElseThrow();
    Situation bare =
        new Situation(
            utterance, events, scenario.devices(), scenario.zone(), scenario.lateness(), Map.of());
    Map<String, float[]> vectors = new TreeMap<>();
    for (String text : resolver.wants(bare)) {
      float[] vector = embedder.embed(text);
      if (vector != null) {
        vectors.put(text, vector);
      }
    }
    return bare.with(vectors);
  }
}
