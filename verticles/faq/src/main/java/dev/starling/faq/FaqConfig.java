package dev.starling.faq;

import dev.starling.sdk.Bounds;
import java.util.regex.Pattern;

/**
 * The section {@code faq} of a node's configuration. Immutable.
 *
 * @param knowledgeBase a YAML file; empty for the one about Starling
 * @param threshold the least cosine at which an entry answers; the default is chosen by {@code
 *     scripts/eval-faq}
 * @param collection that the questions' vectors are kept in
 * @param dimension of the embedding model's vectors
 */
public record FaqConfig(String knowledgeBase, double threshold, String collection, int dimension) {
  static final double THRESHOLD = 0.45;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?");

  public FaqConfig {
    knowledgeBase = knowledgeBase == null ? "" : knowledgeBase;
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold: " + threshold + " (expected: > 0 and <= 1)");
    }
    if (collection == null || !NAME.matcher(collection).matches()) {
      throw new IllegalArgumentException(
          "collection: " + collection + " (expected: 1..64 of a-z, 0-9, '_' and '-')");
    }
    Bounds.within("dimension", dimension, 1, 4096);
  }

  public static FaqConfig defaults() {
    return new FaqConfig("", THRESHOLD, "faq", 384);
  }
}
