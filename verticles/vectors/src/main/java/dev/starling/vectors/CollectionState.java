package dev.starling.vectors;

import dev.starling.contract.vectors.VectorShardsContract.State;
import java.util.List;

/**
 * How a collection stands. Immutable.
 *
 * @param points that can be found now
 * @param pending of them that are compared one by one until they are in a graph
 * @param complete whether these are all that there are
 * @param shards empty when the points are kept elsewhere
 */
record CollectionState(long points, long pending, boolean complete, List<Part> shards) {
  CollectionState {
    shards = List.copyOf(shards);
  }

  /**
   * @param node that has the shard's points in memory
   * @param rebuiltPermille how much of the shard's rows was read, in thousandths
   */
  record Part(int shard, String node, State state, int points, int rebuiltPermille) {}
}
