package dev.starling.vectors.index;

/**
 * What is searched for. Immutable.
 *
 * @param vector prepared by the collection's {@link Similarity}
 * @param k how many are wanted
 * @param shards a bit for each shard whose points may be found
 * @param exact whether every point is compared
 */
// Nobody compares queries.
@SuppressWarnings("ArrayRecordComponent")
public record Query(float[] vector, int k, Filter filter, int shards, boolean exact) {
  public static final int ALL_SHARDS = -1;

  boolean wants(int shard) {
    return (shards >>> shard & 1) != 0;
  }
}
