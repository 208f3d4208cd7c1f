package dev.starling.vectors;

import dev.starling.vectors.index.PointIndex;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a node that brings points into graphs, a few of each collection at a time.
 *
 * <p>Thread-safe. Whoever makes one closes it.
 */
final class GraphWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GraphWorker.class);

  /** Some milliseconds for each collection's turn. */
  private static final int STEPS = 16;

  /** Each index at most once, so as many as there are collections. */
  private final BlockingQueue<PointIndex> turns = new LinkedBlockingQueue<>();

  /** Points that wait, of each index that is in the queue or has its turn. */
  private final Map<PointIndex, Integer> waiting = new ConcurrentHashMap<>();

  private final Thread thread;

  GraphWorker() {
    thread = new Thread(this::run, "vectors-graph");
    thread.setDaemon(true);
    thread.start();
  }

  /** Something was added to an index, or removed. */
  void look(PointIndex index) {
    int ungraphed = index.ungraphed();
    if (waiting.put(index, ungraphed) == null) {
      turns.add(index);
    }
  }

  /** Points that are compared one by one until their turn comes. */
  long backlog() {
    return waiting.values().stream().mapToLong(Integer::longValue).sum();
  }

  private void run() {
    try {
      while (true) {
        turn(turns.take());
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(PointIndex index) {
    boolean more = false;
    try {
      more = index.work(STEPS);
    } catch (RuntimeException | AssertionError bug) {
      // What is not in the graph is compared one by one, so searches stay right.
      log.error("A point could not be brought into its graph", bug);
    }
    if (more) {
      waiting.put(index, index.ungraphed());
      turns.add(index);
      return;
    }
    waiting.remove(index);
    if (index.ungraphed() > 0) {
      // It came between the look and the removal.
      look(index);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
