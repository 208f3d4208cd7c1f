package dev.starling.cluster.management;

import io.vertx.core.Future;

/**
 * Explanations of decisions of fusion, from whichever node can give them. Called on the management
 * port's event loop, which it does not block; its futures do not fail because of another node.
 */
public interface FusionLookup {

  /** What became of looking one up. */
  sealed interface Found {
    /**
     * @param json as clients get it
     */
    record Explained(String json) implements Found {}

    record Absent(String detail) implements Found {}

    /** Nobody could say. */
    record Unknown(String detail) implements Found {}
  }

  /**
   * @param user a UUID
   * @param source of the utterance; empty when the id alone says which one it is
   * @param id of the utterance
   */
  Future<Found> explain(String user, String source, String id);
}
