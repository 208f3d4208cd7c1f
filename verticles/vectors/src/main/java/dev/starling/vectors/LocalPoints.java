package dev.starling.vectors;

import dev.starling.vectors.index.Attributes;
import dev.starling.vectors.index.Best;
import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.IndexedPoint;
import dev.starling.vectors.index.PointIndex;
import dev.starling.vectors.index.PointIndex.Change;
import dev.starling.vectors.index.Query;
import dev.starling.vectors.index.Similarity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The points that this node has in memory, by their collections.
 *
 * <p>Thread-safe for searches. Changes are made by one thread, which is no event loop.
 */
final class LocalPoints {
  private final Map<UUID, PointIndex> collections = new ConcurrentHashMap<>();
  private final int breadth;
  private final Memory memory;
  private final GraphWorker graphs;

  /**
   * @param breadth the fewest candidates that a graph search keeps
   */
  LocalPoints(int breadth, Memory memory, GraphWorker graphs) {
    this.breadth = breadth;
    this.memory = memory;
    this.graphs = graphs;
  }

  /** How much memory rows would take if all of them are new. */
  static long units(List<PointChange> rows) {
    long units = 0;
    for (PointChange row : rows) {
      float[] vector = row.vector();
      if (vector != null) {
        units += IndexedPoint.roughUnits(vector.length, row.id(), row.attributes());
      }
    }
    return units;
  }

  /** Does what rows of a shard say, in their order. */
  void apply(int shard, List<PointChange> rows) {
    Map<UUID, List<Change>> changes = new LinkedHashMap<>();
    Map<UUID, Similarity> similarities = new LinkedHashMap<>();
    for (PointChange row : rows) {
      Similarity similarity = Similarity.of(row.metric());
      changes
          .computeIfAbsent(row.collection(), first -> new ArrayList<>())
          .add(change(shard, row, similarity));
      if (!row.isDeleted()) {
        similarities.put(row.collection(), similarity);
      }
    }
    changes.forEach((collection, ofIt) -> apply(collection, similarities.get(collection), ofIt));
  }

  private static Change change(int shard, PointChange row, Similarity similarity) {
    float[] vector = row.vector();
    if (vector != null) {
      return new Change.Put(
          new IndexedPoint(
              row.id(), shard, similarity.prepared(vector), attributes(row.attributes())));
    }
    return row.isEndOfCollection() ? new Change.Drop(shard) : new Change.Remove(row.id());
  }

  /** They were checked before they were written; what cannot be read all the same has none. */
  private static Attributes attributes(String json) {
    return Attributes.parse(json) instanceof Checked.Valid<Attributes> valid
        ? valid.value()
        : Attributes.NONE;
  }

  private void apply(UUID collection, @Nullable Similarity similarity, List<Change> changes) {
    PointIndex index = collections.get(collection);
    if (index == null) {
      if (similarity == null) {
        return;
      }
      index = new PointIndex(similarity, breadth);
      collections.put(collection, index);
    }
    memory.add(index.apply(changes));
    if (index.points() == 0) {
      collections.remove(collection);
    } else {
      graphs.look(index);
    }
  }

  /** Removes all points of a shard. */
  void drop(int shard) {
    List.copyOf(collections.keySet())
        .forEach(collection -> apply(collection, null, List.of(new Change.Drop(shard))));
  }

  /** The nearest points; none of a collection that has none here. */
  Best search(UUID collection, Query query) {
    Best best = new Best(query.k());
    PointIndex index = collections.get(collection);
    if (index != null) {
      index.search(query, best);
    }
    return best;
  }

  /** How many points of a collection are here, of one shard. */
  int points(UUID collection, int shard) {
    PointIndex index = collections.get(collection);
    return index == null ? 0 : index.points(shard);
  }

  /** Points of a collection that are not in its graph yet. */
  int ungraphed(UUID collection) {
    PointIndex index = collections.get(collection);
    return index == null ? 0 : index.ungraphed();
  }

  Memory memory() {
    return memory;
  }

  long backlog() {
    return graphs.backlog();
  }
}
