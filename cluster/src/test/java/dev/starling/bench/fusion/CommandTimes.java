package dev.starling.bench.fusion;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * How long it took from the moment at which an utterance was to be sent until its command came to
 * its device. Thread-safe.
 */
final class CommandTimes implements EventCalls.Dues, CommandStreams.Taker {
  private static final long LONGEST_MICROS = 120_000_000;

  private final int watched;
  private final Map<String, Long> dueNanos = new ConcurrentHashMap<>();
  private volatile Histogram micros = new SynchronizedHistogram(LONGEST_MICROS, 3);

  /**
   * @param watched users, from the first, whose commands are seen
   */
  CommandTimes(int watched) {
    this.watched = watched;
  }

  @Override
  public void due(int user, String utterance, long nanos) {
    if (user < watched) {
      dueNanos.put(utterance, nanos);
    }
  }

  /** The first command of an utterance counts; a correction is another one. */
  @Override
  public void command(int user, String utterance, long nanos) {
    Long due = dueNanos.remove(utterance);
    if (due != null) {
      micros.recordValue(Math.min(LONGEST_MICROS, (nanos - due) / 1_000));
    }
  }

  /** Forgets what was, so that only utterances from now on count. */
  void begin() {
    dueNanos.clear();
    micros = new SynchronizedHistogram(LONGEST_MICROS, 3);
  }

  long seen() {
    return micros.getTotalCount();
  }

  /** Whether no command of an utterance has come, although it is one of a watched user's. */
  boolean isWaiting(String utterance) {
    return dueNanos.containsKey(utterance);
  }

  double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1e3;
  }

  double slowestMillis() {
    return micros.getMaxValue() / 1e3;
  }
}
