package dev.starling.vectors;

import dev.starling.contract.vectors.VectorShardsContract.State;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Locale;

/**
 * A collection and how it stands, as clients see it.
 *
 * @param points that can be found now
 * @param pending of them that are compared one by one until they are in a graph
 * @param complete whether these are all points that there are
 * @param shards empty when the points are kept in Redis
 */
record CollectionView(
    @NotNull String name,
    @NotNull int dimension,
    @NotNull String metric,
    @NotNull long points,
    @NotNull long pending,
    @NotNull boolean complete,
    @NotNull List<ShardView> shards) {

  /**
   * @param node that has its points in memory
   * @param state {@code ready}, {@code rebuilding}, {@code full}, or {@code absent} while nodes do
   *     not agree whose it is
   * @param rebuilt how much of its rows was read, from 0 to 1
   */
  record ShardView(
      @NotNull int shard,
      @NotNull String node,
      @NotNull String state,
      @NotNull int points,
      @NotNull double rebuilt) {

    private static ShardView of(CollectionState.Part part) {
      String state =
          part.state() == State.NOT_HERE ? "absent" : part.state().name().toLowerCase(Locale.ROOT);
      return new ShardView(
          part.shard(), part.node(), state, part.points(), part.rebuiltPermille() / 1000.0);
    }
  }

  static CollectionView of(Vectors.Described described) {
    Collection collection = described.collection();
    CollectionState state = described.state();
    return new CollectionView(
        collection.name(),
        collection.dimension(),
        PointChecks.name(collection.metric()),
        state.points(),
        state.pending(),
        state.complete(),
        state.shards().stream().map(ShardView::of).toList());
  }
}
