package dev.starling.vectors;

import static dev.starling.testkit.TestNode.await;

import dev.starling.bus.Address;
import dev.starling.bus.CallContext;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Done;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Reply;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.contract.vectors.VectorsContract.Vector;
import dev.starling.vectors.index.Similarity;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures one node: seeded vectors in clusters, searched at a steady rate while others are stored
 * at a steady rate, in one process with a real PostgreSQL.
 *
 * <p>Arguments: points (100000), dimension (384), searches a second (50), points stored a second
 * (200), seconds (30), clusters (1000), spread of a cluster (0.5, by the deviation of its center).
 * Searches are begun when they are due, whatever became of those before, and their time counts from
 * then.
 */
final class VectorBench {
  private static final int K = 10;
  private static final int QUERIES = 500;
  private static final int LOAD_BATCH = 500;
  private static final int STORE_BATCH = 10;
  private static final String NAME = "bench";

  private final Random random = new Random(7);
  private final UUID owner = new UUID(7, 7);
  private final int dimension;
  private final double spread;
  private final float[][] centers;
  private final List<float[]> stored = new ArrayList<>();
  private final VectorNodes nodes;

  private VectorBench(VectorNodes nodes, int dimension, int clusters, double spread) {
    this.nodes = nodes;
    this.dimension = dimension;
    this.spread = spread;
    this.centers = new float[clusters][];
    for (int i = 0; i < clusters; i++) {
      centers[i] = near(new float[dimension], 1);
    }
  }

  /** Prints a table. */
  public static void main(String[] args) {
    int points = (int) argument(args, 0, 100_000);
    int dimension = (int) argument(args, 1, 384);
    double searches = argument(args, 2, 50);
    double stores = argument(args, 3, 200);
    int seconds = (int) argument(args, 4, 30);
    int clusters = (int) argument(args, 5, 1000);
    double spread = argument(args, 6, 0.5);
    try (VectorNodes nodes = new VectorNodes(VectorBench.class)) {
      nodes.add();
      new VectorBench(nodes, dimension, clusters, spread).run(points, searches, stores, seconds);
    }
    System.exit(0);
  }

  private static double argument(String[] args, int index, double otherwise) {
    return args.length > index ? Double.parseDouble(args[index]) : otherwise;
  }

  private void run(int points, double searches, double stores, int seconds) {
    call(VectorsContract.CREATE, new Create(owner.toString(), NAME, dimension, Metric.COSINE));
    nodes.awaitComplete(owner, NAME);
    double loaded = timed(() -> load(points));
    double graphed = timed(this::awaitGraph);
    row("points", points + " x " + dimension);
    row("stored", "%.0f/s".formatted(points / loaded));
    row("in the graph after", "%.1f s more".formatted(graphed));
    // The compiler has its turn before anything is measured.
    measure(searches, 0, 5);
    row("recall@10", "%.4f".formatted(recall()));
    measure(searches, 0, seconds).print("searches alone");
    measure(searches, stores, seconds).print("searches while storing");
    awaitGraph();
    row("recall@10 after", "%.4f".formatted(recall()));
  }

  private void load(int points) {
    for (int from = 0; from < points; from += LOAD_BATCH) {
      List<Point> batch = new ArrayList<>();
      for (int i = from; i < Math.min(points, from + LOAD_BATCH); i++) {
        batch.add(fresh(i));
      }
      store(batch);
    }
  }

  /** Again until there is room: while the graph is far behind the node takes no more. */
  private void store(List<Point> batch) {
    while (!(call(VectorsContract.UPSERT, new Upsert(owner.toString(), NAME, batch))
        instanceof Done)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private Point fresh(int number) {
    float[] vector = vector();
    float[] unit = Similarity.COSINE.prepared(vector);
    if (number < stored.size()) {
      stored.set(number, unit);
    } else {
      stored.add(unit);
    }
    return new Point("p" + number, new Vector(vector), "{\"n\":" + number + "}");
  }

  private void awaitGraph() {
    while (nodes.ask(owner, "describe", List.of(NAME), "").path("pending").asLong() > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private double recall() {
    int found = 0;
    for (int i = 0; i < QUERIES; i++) {
      float[] query = vector();
      Set<String> right = nearest(Similarity.COSINE.prepared(query));
      Matches matches = (Matches) call(VectorsContract.SEARCH, search(query));
      for (Match match : matches.matches()) {
        found += right.contains(match.id()) ? 1 : 0;
      }
    }
    return found / (double) (QUERIES * K);
  }

  /** By comparing all, without anything of the index. */
  private Set<String> nearest(float[] query) {
    PriorityQueue<double[]> best = new PriorityQueue<>(Comparator.comparingDouble(one -> one[0]));
    for (int i = 0; i < stored.size(); i++) {
      float[] vector = stored.get(i);
      double product = 0;
      for (int d = 0; d < dimension; d++) {
        product += query[d] * vector[d];
      }
      best.add(new double[] {product, i});
      if (best.size() > K) {
        best.remove();
      }
    }
    Set<String> ids = new HashSet<>();
    best.forEach(one -> ids.add("p" + (int) one[1]));
    return ids;
  }

  /** What searches took, from when they were due. */
  private record Times(long[] nanos, long partial, long failed, double storedPerSecond) {
    void print(String what) {
      Arrays.sort(nanos);
      row(
          what,
          "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms of %d; %d partial, %d failed; %.0f stored/s"
              .formatted(
                  at(0.5), at(0.99), at(0.999), nanos.length, partial, failed, storedPerSecond));
    }

    private double at(double share) {
      return nanos[(int) Math.min(nanos.length - 1, nanos.length * share)] / 1e6;
    }
  }

  private Times measure(double searches, double stores, int seconds) {
    ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
    AtomicLong partial = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    AtomicLong done = new AtomicLong();
    List<Future<?>> ended = new ArrayList<>();
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    long nextSearch = begun;
    long nextStore = stores > 0 ? begun : Long.MAX_VALUE;
    int next = stored.size();
    while (Math.min(nextSearch, nextStore) < end) {
      long due = Math.min(nextSearch, nextStore);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      if (due == nextSearch) {
        nextSearch += (long) (1e9 / searches);
        ended.add(
            calling(VectorsContract.SEARCH, search(vector()))
                .onSuccess(
                    reply -> {
                      taken.add(System.nanoTime() - due);
                      if (!(reply instanceof Matches matches)) {
                        failed.incrementAndGet();
                      } else if (matches.partial()) {
                        partial.incrementAndGet();
                      }
                    })
                .onFailure(failure -> failed.incrementAndGet()));
      } else {
        nextStore += (long) (1e9 / stores * STORE_BATCH);
        List<Point> batch = new ArrayList<>();
        for (int i = 0; i < STORE_BATCH; i++) {
          // As many take another's place as are new.
          batch.add(fresh(i % 2 == 0 ? next++ : random.nextInt(stored.size() - STORE_BATCH)));
        }
        ended.add(
            calling(VectorsContract.UPSERT, new Upsert(owner.toString(), NAME, distinct(batch)))
                .onSuccess(reply -> done.addAndGet(reply instanceof Done ? STORE_BATCH : 0)));
      }
    }
    await(Future.join(ended).otherwiseEmpty());
    return new Times(
        taken.stream().mapToLong(Long::longValue).toArray(),
        partial.get(),
        failed.get(),
        done.get() / (double) seconds);
  }

  private static List<Point> distinct(List<Point> batch) {
    Set<String> ids = new HashSet<>();
    List<Point> last = new ArrayList<>();
    for (int i = batch.size() - 1; i >= 0; i--) {
      if (ids.add(batch.get(i).id())) {
        last.add(batch.get(i));
      }
    }
    return last;
  }

  private Search search(float[] query) {
    return new Search(owner.toString(), NAME, new Vector(query), K, "");
  }

  private <Q> Reply call(Address<Q, Reply> address, Q request) {
    return await(calling(address, request));
  }

  private <Q> Future<Reply> calling(Address<Q, Reply> address, Q request) {
    CallContext call = nodes.base().anonymous();
    return nodes.base().onCaller(bus -> bus.call(address, request, call));
  }

  private float[] vector() {
    return near(centers[random.nextInt(centers.length)], spread);
  }

  private float[] near(float[] center, double deviation) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (center[i] + deviation * random.nextGaussian());
    }
    return vector;
  }

  private static double timed(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void row(String what, String figures) {
    System.out.printf("%-24s %s%n", what, figures);
  }
}
