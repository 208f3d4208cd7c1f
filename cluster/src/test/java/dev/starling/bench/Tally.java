package dev.starling.bench;

import org.HdrHistogram.Histogram;

/**
 * What became of the calls of one step and importance. Latencies are in microseconds from the
 * moment at which a call was due. Confined to one thread at a time.
 */
final class Tally {
  private static final long LONGEST_MICROS = 60_000_000;

  private final Histogram admitted = new Histogram(LONGEST_MICROS, 3);
  private final Histogram refused = new Histogram(LONGEST_MICROS, 3);
  private final long deadlineMicros;
  private long offered;
  private long good;
  private long failed;
  private long unanswered;

  Tally(long deadlineMicros) {
    this.deadlineMicros = deadlineMicros;
  }

  void offer() {
    offered++;
  }

  /**
   * Takes the answer to a call.
   *
   * @param status 0 when there was none in time
   * @return whether it is what the client wanted, in time
   */
  boolean end(int status, long micros) {
    long bounded = Math.min(LONGEST_MICROS, micros);
    if (status / 100 == 2) {
      admitted.recordValue(bounded);
      boolean inTime = micros <= deadlineMicros;
      good += inTime ? 1 : 0;
      return inTime;
    }
    if (status == 503 || status == 429) {
      refused.recordValue(bounded);
    } else if (status == 0) {
      unanswered++;
    } else {
      failed++;
    }
    return false;
  }

  void add(Tally other) {
    admitted.add(other.admitted);
    refused.add(other.refused);
    offered += other.offered;
    good += other.good;
    failed += other.failed;
    unanswered += other.unanswered;
  }

  long offered() {
    return offered;
  }

  /** Answers of success within the deadline. */
  long good() {
    return good;
  }

  /** Answers of success, late ones too. */
  long admitted() {
    return admitted.getTotalCount();
  }

  long refused() {
    return refused.getTotalCount();
  }

  /** Answers that are neither success nor a refusal. */
  long failed() {
    return failed;
  }

  /** Calls that their client gave up. */
  long unanswered() {
    return unanswered;
  }

  double successPercent() {
    return offered == 0 ? 100 : 100.0 * good / offered;
  }

  double admittedMillis(double percentile) {
    return admitted.getValueAtPercentile(percentile) / 1e3;
  }

  double refusedMillis(double percentile) {
    return refused.getValueAtPercentile(percentile) / 1e3;
  }
}
