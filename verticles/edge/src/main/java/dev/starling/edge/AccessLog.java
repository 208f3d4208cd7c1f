package dev.starling.edge;

import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for each request, on a thread of its own, to the logger {@code
 * dev.starling.access}.
 *
 * <p>Thread-safe. Event loops never wait for it: when the writer falls behind, entries are dropped
 * and counted in {@code edge.access.log.dropped}.
 */
final class AccessLog implements AutoCloseable {
  private static final Logger access = LoggerFactory.getLogger("dev.starling.access");
  private static final int CAPACITY = 16_384;
  private static final int BATCH = 256;
  private static final long PATIENCE_MILLIS = 1000;

  private final BlockingQueue<AccessEntry> entries;
  private final Consumer<String> lines;
  private final Counter dropped;
  private final Thread writer = new Thread(this::write, "starling-access-log");
  private volatile boolean closing;

  AccessLog(MeterRegistry meters, int capacity, Consumer<String> lines) {
    this.entries = new ArrayBlockingQueue<>(capacity);
    this.lines = lines;
    this.dropped =
        Counter.builder("edge.access.log.dropped")
            .description("Requests that were not logged because the log could not keep up")
            .register(meters);
    writer.setDaemon(true);
  }

  /** The access log of this node, which the node closes. */
  static AccessLog of(NodeScope node) {
    return node.shared(
        "edge:access-log",
        () -> {
          AccessLog log = new AccessLog(node.meters(), CAPACITY, access::info);
          log.start();
          return log;
        });
  }

  void start() {
    writer.start();
  }

  void offer(AccessEntry entry) {
    if (!entries.offer(entry)) {
      dropped.increment();
    }
  }

  /** Writes what is left, for a second at most. */
  @Override
  public void close() throws InterruptedException {
    closing = true;
    writer.join(PATIENCE_MILLIS);
  }

  private void write() {
    List<AccessEntry> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !entries.isEmpty()) {
        AccessEntry first = entries.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          entries.drainTo(batch, BATCH - 1);
          batch.forEach(entry -> lines.accept(entry.toJson()));
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
