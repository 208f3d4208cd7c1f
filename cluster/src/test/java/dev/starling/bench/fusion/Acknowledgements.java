package dev.starling.bench.fusion;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What became of requests with events. Latencies count from the moment at which a request was due.
 * Confined to one thread at a time.
 */
final class Acknowledgements {
  /** Everything in it is committed. */
  static final int ACCEPTED = 202;

  private static final long LONGEST_MICROS = 60_000_000;

  private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
  private final Map<Integer, Long> others = new TreeMap<>();
  private long offered;
  private long events;

  void offer() {
    offered++;
  }

  /**
   * @param status 0 for none in time
   * @param count events that the request had
   */
  void end(int status, int count, long nanos) {
    if (status == ACCEPTED) {
      events += count;
      micros.recordValue(Math.min(LONGEST_MICROS, nanos / 1_000));
    } else {
      others.merge(status, 1L, Long::sum);
    }
  }

  /** Requests that were due. */
  long offered() {
    return offered;
  }

  /** Events that were acknowledged. */
  long events() {
    return events;
  }

  /** Requests that were not acknowledged, by status; 0 for no answer. */
  Map<Integer, Long> others() {
    return others;
  }

  long failed() {
    return others.values().stream().mapToLong(Long::longValue).sum();
  }

  double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1e3;
  }

  double slowestMillis() {
    return micros.getMaxValue() / 1e3;
  }
}
