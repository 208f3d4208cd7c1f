package dev.starling.fusion.core;

import java.util.Set;

/** Decides what utterances mean. Implementations are pure and thread-safe. */
public interface Resolver {

  /**
   * The texts whose embeddings would help to decide; few, and the same for the same situation.
   *
   * @param situation its {@code vectors} are not looked at
   */
  Set<String> wants(Situation situation);

  /** Decides; the same situation gives the same decision. */
  Decision decide(Situation situation);
}
