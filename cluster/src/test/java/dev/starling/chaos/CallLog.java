package dev.starling.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/** The calls of a round, and what can be read from them about a fault at a given moment. */
final class CallLog {
  private static final long WINDOW_NANOS = 250_000_000;
  private static final long STEP_NANOS = 10_000_000;
  private static final int MAX_NOTES = 8;
  private static final int SLOWEST_SHOWN = 3;

  private final List<Sample> samples;
  private final long struckNanos;

  CallLog(List<Sample> samples, long struckNanos) {
    this.samples = samples;
    this.struckNanos = struckNanos;
  }

  int size() {
    return samples.size();
  }

  CallLog only(Predicate<Sample> condition) {
    return new CallLog(samples.stream().filter(condition).toList(), struckNanos);
  }

  long failedSafe() {
    return samples.stream().filter(sample -> sample.safe() && !sample.succeeded()).count();
  }

  long failedUnsafe() {
    return samples.stream().filter(sample -> !sample.safe() && !sample.succeeded()).count();
  }

  /** Unsafe calls that failed other than with "unknown", or that were sent outside the window. */
  long wrongUnsafe(long fromNanos, long untilNanos) {
    return samples.stream()
        .filter(sample -> !sample.safe() && !sample.succeeded())
        .filter(
            sample ->
                !sample.isUnknown()
                    || sample.doneNanos() - struckNanos < 0
                    || sample.dueNanos() - fromNanos < 0
                    || sample.dueNanos() - untilNanos > 0)
        .count();
  }

  /** Of the safe calls that were under way when the fault struck, or came later. */
  Histogram safeLatencies() {
    return latencies(sample -> sample.safe() && since(sample.doneNanos()) > 0);
  }

  private Histogram latencies(Predicate<Sample> which) {
    Histogram histogram = new Histogram(60_000_000L, 3);
    for (Sample sample : samples) {
      if (which.test(sample)) {
        histogram.recordValue(
            Math.min(60_000_000L, (sample.doneNanos() - sample.dueNanos()) / 1_000));
      }
    }
    return histogram;
  }

  long serverErrors() {
    return samples.stream().filter(sample -> sample.status() >= 500).count();
  }

  /** How much longer 99 of 100 safe calls took that were due after the fault than those before. */
  double slowerMillis() {
    Histogram before = latencies(sample -> sample.safe() && since(sample.dueNanos()) < 0);
    Histogram after = latencies(sample -> sample.safe() && since(sample.dueNanos()) >= 0);
    return (after.getValueAtPercentile(99) - before.getValueAtPercentile(99)) / 1e3;
  }

  double slowestSafeMillis() {
    return safeLatencies().getMaxValue() / 1e3;
  }

  double longestGapMillis() {
    long[] done = successes();
    long longest = 0;
    long last = struckNanos;
    for (long moment : done) {
      if (moment - struckNanos > 0) {
        longest = Math.max(longest, moment - last);
        last = moment;
      }
    }
    return longest / 1e6;
  }

  /** From the fault until a window in which 95 % of the calls per second are answered. */
  double recoveryMillis(double callsPerSecond) {
    long[] done = successes();
    double wanted = 0.95 * callsPerSecond * WINDOW_NANOS / 1e9;
    if (done.length == 0) {
      return Double.POSITIVE_INFINITY;
    }
    long last = done[done.length - 1];
    for (long from = struckNanos; last - from > WINDOW_NANOS; from += STEP_NANOS) {
      int first = firstAtOrAfter(done, from);
      int next = firstAtOrAfter(done, from + WINDOW_NANOS);
      if (next - first >= wanted) {
        return (from - struckNanos) / 1e6;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** From the fault until the last write that succeeded; zero when none did. */
  double lastWriteMillis() {
    return samples.stream()
        .filter(sample -> !sample.safe() && sample.succeeded())
        .mapToDouble(sample -> since(sample.doneNanos()) / 1e6)
        .filter(millis -> millis > 0)
        .max()
        .orElse(0);
  }

  /** Writes due from that moment on that were not refused with "nothing was done". */
  long notRefusedWrites(long fromNanos) {
    return samples.stream()
        .filter(sample -> !sample.safe() && sample.dueNanos() - fromNanos >= 0)
        .filter(sample -> !sample.isRefused())
        .count();
  }

  /** The different ways in which calls failed, with how often and when. */
  List<String> notes() {
    Map<String, List<Sample>> byWay = new LinkedHashMap<>();
    for (Sample sample : samples) {
      if (!sample.succeeded()) {
        String way =
            (sample.safe() ? "safe " : "unsafe ") + sample.status() + " " + sample.detail();
        byWay.computeIfAbsent(way, key -> new ArrayList<>()).add(sample);
      }
    }
    List<String> notes = new ArrayList<>();
    byWay.forEach(
        (way, failed) ->
            notes.add(
                "%d x %s (due %.0f..%.0f ms after the fault, took up to %.0f ms)"
                    .formatted(
                        failed.size(),
                        way,
                        failed.stream().mapToLong(Sample::dueNanos).map(this::since).min().orElse(0)
                            / 1e6,
                        failed.stream().mapToLong(Sample::dueNanos).map(this::since).max().orElse(0)
                            / 1e6,
                        failed.stream().mapToDouble(Sample::millis).max().orElse(0))));
    return notes.size() <= MAX_NOTES ? notes : notes.subList(0, MAX_NOTES);
  }

  /** The slowest safe calls since the fault, with when they were due and where. */
  List<String> slowest() {
    return samples.stream()
        .filter(sample -> sample.safe() && sample.doneNanos() - struckNanos > 0)
        .sorted(Comparator.comparingDouble(Sample::millis).reversed())
        .limit(SLOWEST_SHOWN)
        .map(
            sample ->
                "slow: %.0f ms, due %.0f ms after the fault, at the edge in zone %s"
                    .formatted(sample.millis(), since(sample.dueNanos()) / 1e6, sample.zone()))
        .toList();
  }

  private long since(long nanos) {
    return nanos - struckNanos;
  }

  private long[] successes() {
    return samples.stream()
        .filter(Sample::succeeded)
        .mapToLong(Sample::doneNanos)
        .sorted()
        .toArray();
  }

  private static int firstAtOrAfter(long[] sorted, long moment) {
    int found = Arrays.binarySearch(sorted, moment);
    return found >= 0 ? found : -found - 1;
  }
}
