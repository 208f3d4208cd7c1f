package dev.starling.fusion.evaluation;

import dev.starling.testkit.MiniLm;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns texts into vectors. Implementations are confined to one thread. */
@FunctionalInterface
interface Embedder {

  /** For those who look at no vectors. */
  Embedder NONE = text -> null;

  /** Null when there is none to be had. */
  float @Nullable [] embed(String text);

  /** By a model, each text once. */
  static Embedder remembering(MiniLm model) {
    Map<String, float[]> known = new HashMap<>();
    return text -> known.computeIfAbsent(text, model::embed);
  }
}
