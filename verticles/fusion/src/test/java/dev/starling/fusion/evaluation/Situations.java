package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import java.util.Collection;
import java.util.List;
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
    List<FusionEvent> embedded = events.stream().map(event -> embedded(event, embedder)).toList();
    FusionEvent utterance =
        embedded.stream()
            .filter(event -> event.key().equals(scenario.utterance().key()))
            .findFirst()
            .orElseThrow();
    Situation bare = situation(scenario, utterance, embedded, Map.of());
    Map<String, float[]> vectors = new TreeMap<>();
    for (String text : resolver.wants(bare)) {
      float[] vector = embedder.embed(text);
      if (vector != null) {
        vectors.put(text, vector);
      }
    }
    return situation(scenario, utterance, embedded, vectors);
  }

  private static Situation situation(
      Scenario scenario,
      FusionEvent utterance,
      List<FusionEvent> events,
      Map<String, float[]> vectors) {
    return new Situation(
        utterance, events, scenario.devices(), scenario.zone(), scenario.lateness(), vectors);
  }

  private static FusionEvent embedded(FusionEvent event, Embedder embedder) {
    if (!(event.content() instanceof Utterance said)) {
      return event;
    }
    Utterance content =
        new Utterance(
            said.spoken(),
            said.transcript(),
            said.confidence(),
            said.alternatives(),
            said.language(),
            embedder.embed(said.transcript()));
    return new FusionEvent(
        event.source(),
        event.id(),
        event.deviceId(),
        event.time(),
        event.sentAt(),
        event.receivedAt(),
        content);
  }
}
