package dev.starling.bench.inference;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What became of calls, each counted where it was begun. Latencies count from the moment at which a
 * call was due. Confined to one thread at a time.
 */
final class Outcomes {
  private static final long LONGEST_MICROS = 60_000_000;
  private static final int OK = 200;

  private final Histogram succeeded = new Histogram(LONGEST_MICROS, 3);
  private final Histogram refused = new Histogram(LONGEST_MICROS, 3);
  private final Map<Integer, Long> others = new TreeMap<>();
  private final long deadlineNanos;
  private long offered;
  private long good;

  /**
   * @param deadlineNanos until when a success is a good one
   */
  Outcomes(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
  }

  void offer() {
    offered++;
  }

  /**
   * @param status 0 for none in time
   */
  void end(int status, long nanos) {
    long micros = Math.min(LONGEST_MICROS, nanos / 1_000);
    if (status == OK) {
      succeeded.recordValue(micros);
      good += nanos <= deadlineNanos ? 1 : 0;
    } else {
      others.merge(status, 1L, Long::sum);
      if (status == 503 || status == 429) {
        refused.recordValue(micros);
      }
    }
  }

  long offered() {
    return offered;
  }

  /** Successes within the deadline. */
  long good() {
    return good;
  }

  /** Successes, late ones too. */
  long succeeded() {
    return succeeded.getTotalCount();
  }

  long refused() {
    return refused.getTotalCount();
  }

  long others(int status) {
    return others.getOrDefault(status, 0L);
  }

  /** Whatever is no success. */
  long failed() {
    return others.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many there were of each status that is no success; 0 for no answer. */
  Map<Integer, Long> failures() {
    return others;
  }

  double millis(double percentile) {
    return succeeded.getValueAtPercentile(percentile) / 1e3;
  }

  double refusedMillis(double percentile) {
    return refused.getValueAtPercentile(percentile) / 1e3;
  }

  double slowestMillis() {
    return succeeded.getMaxValue() / 1e3;
  }

  Load load(double seconds) {
    return Load.of(succeeded, seconds, failed());
  }
}
