package dev.starling.vectors.index;

/**
 * A point as the index keeps it. Immutable.
 *
 * @param shard of its row, from 0; below 32
 * @param vector prepared by the collection's {@link Similarity}; nobody writes to it
 */
// Points are told apart by their ids; nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
public record IndexedPoint(String id, int shard, float[] vector, Attributes attributes) {
  /**
   * The unit in which memory is counted: a vector of 384 numbers with an id and a few attributes
   * has room in one.
   */
  private static final int UNIT_BYTES = 2048;

  /** A term is an entry of a hash table, unless other points have it too. */
  private static final int TERM_BYTES = 128;

  /** How many units of memory it takes, about. */
  public int units() {
    return units(
        vector.length, id.length() + attributes.json().length(), attributes.terms().size());
  }

  /** Likewise, at the most, of a point whose attributes have not been read. */
  public static int roughUnits(int dimension, String id, String attributes) {
    // Each value that is found by takes two characters of JSON at least.
    int terms = Math.min(Attributes.MAX_TERMS, attributes.length() / 2);
    return units(dimension, id.length() + attributes.length(), terms);
  }

  private static int units(int dimension, int textLength, int terms) {
    int bytes = dimension * Float.BYTES + textLength + terms * TERM_BYTES;
    return (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
  }
}
