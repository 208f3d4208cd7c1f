package dev.starling.vectors.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Points in slots that are never used twice, and a graph over the first of them. Guarded by the
 * lock of its {@link PointIndex}.
 *
 * <p>A point that is replaced or removed leaves a dead slot, through which searches still find
 * their way; when there are many, another arena is made of those that live.
 *
 * <p>Source: Y. Malkov and D. Yashunin, <i>Efficient and robust approximate nearest neighbor search
 * using Hierarchical Navigable Small World graphs</i>, 2016; the graph is Lucene's.
 */
final class Arena {
  /*
   * Slots 0 … graphed-1 are in the graph (dead ones that died before their turn are left out), slots
   * graphed … size-1 are compared one by one. Lucene's own writer would make a graph for each batch
   * of points and again for each merge; here a point is added to the one graph that there is, and
   * the vectors are where the graph search reads them.
   */

  /** Lucene's defaults: neighbours of a node on upper levels, and candidates when one is added. */
  private static final int MAX_CONNECTIONS = HnswGraphBuilder.DEFAULT_MAX_CONN;

  private static final int BEAM_WIDTH = HnswGraphBuilder.DEFAULT_BEAM_WIDTH;

  /** So few are compared one by one: a graph search compares about as many. */
  static final int FEW = 256;

  private static final int SMALL = 16;

  private final Similarity similarity;
  private final int breadth;
  private final Postings postings = new Postings();
  private float[][] vectors = new float[SMALL][];
  private Placed[] placed = new Placed[SMALL];
  private FixedBitSet live = new FixedBitSet(SMALL);
  private final int[] livingOf = new int[Integer.SIZE];
  private int size;
  private int dead;
  private int graphed;
  private @Nullable HnswGraphBuilder graph;

  /** A point and where it is; shared by the index and its arenas. */
  static final class Placed {
    final IndexedPoint point;

    /** In the arena that answers searches. */
    int slot;

    Placed(IndexedPoint point) {
      this.point = point;
    }
  }

  /**
   * @param breadth the fewest candidates that a graph search keeps; more find more and take longer
   */
  Arena(Similarity similarity, int breadth) {
    this.similarity = similarity;
    this.breadth = breadth;
  }

  int size() {
    return size;
  }

  int living() {
    return size - dead;
  }

  int dead() {
    return dead;
  }

  /** How many wait for the graph; none while there are too few for one. */
  int ungraphed() {
    return size <= FEW ? 0 : size - graphed;
  }

  Placed placed(int slot) {
    return placed[slot];
  }

  boolean isLive(int slot) {
    return live.get(slot);
  }

  /** Those that live from a slot on, in the order of their slots. */
  List<Placed> living(int from) {
    List<Placed> found = new ArrayList<>();
    for (int slot = from; slot < size; slot++) {
      if (live.get(slot)) {
        found.add(placed[slot]);
      }
    }
    return found;
  }

  /** Gives the slot, which is not noted in what is added. */
  int add(Placed added) {
    IndexedPoint point = added.point;
    if (size == placed.length) {
      int more = size + (size >> 1);
      vectors = Arrays.copyOf(vectors, more);
      placed = Arrays.copyOf(placed, more);
      live = FixedBitSet.ensureCapacity(live, more);
    }
    vectors[size] = point.vector();
    placed[size] = added;
    live.set(size);
    livingOf[point.shard()]++;
    postings.add(size, point.attributes().terms());
    return size++;
  }

  void kill(int slot) {
    if (live.getAndClear(slot)) {
      livingOf[placed[slot].point.shard()]--;
      dead++;
    }
  }

  /** Adds the next slot to the graph, which takes some tenths of a millisecond. */
  void growGraph() {
    int slot = graphed++;
    if (live.get(slot)) {
      try {
        if (graph == null) {
          // The seed chooses levels; one for all gives the same graph for the same points.
          graph = HnswGraphBuilder.create(new Scorers(), MAX_CONNECTIONS, BEAM_WIDTH, 1);
        }
        graph.addGraphNode(slot);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** How many points of a shard it has. */
  int livingOf(int shard) {
    return livingOf[shard];
  }

  /** Offers what is nearest here. */
  void search(Query query, Best best) {
    FixedBitSet candidates = live;
    int count = living();
    if (!query.filter().conditions().isEmpty()) {
      candidates = postings.matching(query.filter(), size);
      candidates.and(live);
      count = candidates.cardinality();
    }
    if (count == 0) {
      return;
    }
    Bits accepted = ofWantedShards(query, candidates);
    boolean searched = !query.exact() && count > FEW && searchGraph(query, accepted, count, best);
    scan(query, candidates, searched ? graphed : 0, best);
  }

  /** Without those of shards that are another node's, while they are still here. */
  private Bits ofWantedShards(Query query, FixedBitSet candidates) {
    for (int shard = 0; shard < livingOf.length; shard++) {
      if (livingOf[shard] > 0 && !query.wants(shard)) {
        return new Bits() {
          @Override
          public boolean get(int slot) {
            return candidates.get(slot) && query.wants(placed[slot].point.shard());
          }

          @Override
          public int length() {
            return size;
          }
        };
      }
    }
    return candidates;
  }

  /** False when it has not found what there is, so that all must be compared. */
  private boolean searchGraph(Query query, Bits accepted, int count, Best best) {
    HnswGraphBuilder built = graph;
    if (built == null) {
      return false;
    }
    try {
      // Whoever visits more nodes than there are candidates had better compare these.
      KnnCollector found =
          HnswGraphSearcher.search(
              new QueryScorer(query.vector()),
              Math.max(breadth, query.k()),
              built.getGraph(),
              accepted,
              count);
      ScoreDoc[] nearest = found.topDocs().scoreDocs;
      // Points that are all the same may be out of each other's reach.
      boolean enough = nearest.length >= Math.min(query.k(), count - (size - graphed));
      if (found.earlyTerminated() || !enough) {
        return false;
      }
      for (ScoreDoc one : nearest) {
        best.offer(one.score, placed[one.doc].point);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void scan(Query query, FixedBitSet candidates, int from, Best best) {
    int slot = from;
    while (slot < size) {
      slot = candidates.nextSetBit(slot);
      if (slot >= size) {
        return;
      }
      if (query.wants(placed[slot].point.shard())) {
        best.offer(similarity.score(query.vector(), vectors[slot]), placed[slot].point);
      }
      slot++;
    }
  }

  private final class QueryScorer implements RandomVectorScorer {
    private final float[] query;

    QueryScorer(float[] query) {
      this.query = query;
    }

    @Override
    public float score(int slot) {
      return similarity.score(query, vectors[slot]);
    }

    @Override
    public int maxOrd() {
      return size;
    }
  }

  private final class Scorers implements RandomVectorScorerSupplier {
    @Override
    public RandomVectorScorer scorer(int slot) {
      return new QueryScorer(vectors[slot]);
    }

    @Override
    public RandomVectorScorerSupplier copy() {
      return this;
    }
  }
}
