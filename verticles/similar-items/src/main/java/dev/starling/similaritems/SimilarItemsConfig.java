package dev.starling.similaritems;

import dev.starling.sdk.Bounds;
import java.util.regex.Pattern;

/**
 * The section {@code similar-items} of a node's configuration. Immutable.
 *
 * @param collection that the products' vectors are kept in
 * @param dimension of the embedding model's vectors
 */
public record SimilarItemsConfig(String collection, int dimension) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?");

  public SimilarItemsConfig {
    if (collection == null || !NAME.matcher(collection).matches()) {
      throw new IllegalArgumentException(
          "collection: " + collection + " (expected: 1..64 of a-z, 0-9, '_' and '-')");
    }
    Bounds.within("dimension", dimension, 1, 4096);
  }

  public static SimilarItemsConfig defaults() {
    return new SimilarItemsConfig("products", 384);
  }
}
