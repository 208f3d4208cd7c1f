package dev.starling.fusion.core;

import java.util.Set;

/** Decides what utterances mean. Implementations are pure and thread-safe. */
public interface Resolver {
  /**
   * What a wanted text begins with when the rest of it is to be embedded by the text half of the
   * encoder pair whose image half made {@link Content.Image#vector}; under the whole text it is
   * looked up among the vectors.
   */
  String PICTURED = "pictured: ";

  /**
   * The texts whose embeddings would help to decide; few, and the same for the same situation.
   *
   * @param situation its {@code vectors} are not looked at
   */
  Set<String> wants(Situation situation);

  /**
   * Whether what happened can change what is decided, other than by how its device's clock goes:
   * what cannot need not be among a situation's events with all that it says.
   */
  default boolean matters(Content content) {
    return true;
  }

  /** Decides; the same situation gives the same decision. */
  Decision decide(Situation situation);
}
