package dev.starling.cluster.sockets;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts cluster connections that this node refused or was refused, and tells the operator why,
 * without letting a stranger fill the log.
 *
 * <p>Thread-safe; does not block. Each pair of host and reason is logged once a minute at the most,
 * and {@value #MAX_PAIRS} pairs in a minute; what is beyond is only counted.
 */
public final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  static final int MAX_PAIRS = 32;

  private record Pair(String host, String reason) {}

  private final LongSupplier nanoTime;
  private final Consumer<String> lines;
  private final LongAdder count = new LongAdder();
  private final Map<Pair, Long> told = new HashMap<>();

  /**
   * A counter at zero that tells the log.
   *
   * @param nanoTime a monotonic clock, in nanoseconds
   */
  public Refusals(LongSupplier nanoTime) {
    this(nanoTime, log::warn);
  }

  Refusals(LongSupplier nanoTime, Consumer<String> lines) {
    this.nanoTime = nanoTime;
    this.lines = lines;
  }

  /** How many connections were refused so far. */
  public long count() {
    return count.sum();
  }

  /**
   * Takes in a connection that came to nothing.
   *
   * @param host the other end, without its port, which is another one each time
   * @param reason what was wrong, and what is expected
   */
  public void report(String host, String reason) {
    count.increment();
    if (isNews(new Pair(host, reason))) {
      lines.accept(
          "No cluster connection with %s: %s. Repeated ones are only counted."
              .formatted(host, reason));
    }
  }

  /** Takes in a connection that is not worth a line, such as a port probe. */
  void count(int connections) {
    count.add(connections);
  }

  private synchronized boolean isNews(Pair pair) {
    long now = nanoTime.getAsLong();
    told.values().removeIf(at -> now - at >= QUIET_NANOS);
    return told.size() < MAX_PAIRS && told.putIfAbsent(pair, now) == null;
  }
}
