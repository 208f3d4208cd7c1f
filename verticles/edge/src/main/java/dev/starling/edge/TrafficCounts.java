package dev.starling.edge;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one event loop counts of one operation since it began.
 *
 * <p>Threading: the loop writes, one thread reads. There is one writer, so counting needs no atomic
 * additions: each number is read and written as a whole, and what is read may be a moment old.
 */
final class TrafficCounts {
  /*
   * Durations in microseconds fall into four buckets for each power of two, which tells them apart
   * by an eighth of themselves; the last one takes what is longer than 2^26 µs = 67 s.
   */
  private static final int PER_OCTAVE_BITS = 2;
  private static final int OCTAVES = 26;
  static final int BUCKETS = OCTAVES << PER_OCTAVE_BITS;

  static final int ARRIVED = 0;
  static final int ENDED = 1;
  static final int ANSWERED = 2;
  static final int FAILED = 3;
  static final int FIRST_BUCKET = 4;
  static final int SIZE = FIRST_BUCKET + BUCKETS;

  private final AtomicLongArray counts = new AtomicLongArray(SIZE);

  void arrived() {
    add(ARRIVED);
  }

  /** A request is over that got no answer, became a stream, or was refused by the policy. */
  void ended() {
    add(ENDED);
  }

  void answered(int status, long nanos) {
    add(ENDED);
    add(ANSWERED);
    if (status >= 500) {
      add(FAILED);
    }
    add(FIRST_BUCKET + bucket(nanos));
  }

  /** Adds what was counted to {@code sums}, of {@link #SIZE}. */
  void addTo(long[] sums) {
    for (int i = 0; i < SIZE; i++) {
      sums[i] += counts.getOpaque(i);
    }
  }

  long get(int index) {
    return counts.getOpaque(index);
  }

  static int bucket(long nanos) {
    long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos));
    int octave = 63 - Long.numberOfLeadingZeros(micros);
    long quarter = octave < PER_OCTAVE_BITS ? 0 : micros >> octave - PER_OCTAVE_BITS & 3;
    return (int) Math.min(BUCKETS - 1, ((long) octave << PER_OCTAVE_BITS) + quarter);
  }

  /** The middle of a bucket. */
  static double millis(int bucket) {
    int octave = bucket >> PER_OCTAVE_BITS;
    double width = Math.max(1, Math.scalb(1.0, octave - PER_OCTAVE_BITS));
    return (Math.scalb(1.0, octave) + ((bucket & 3) + 0.5) * width) / 1000;
  }

  private void add(int index) {
    counts.setOpaque(index, counts.getPlain(index) + 1);
  }
}
