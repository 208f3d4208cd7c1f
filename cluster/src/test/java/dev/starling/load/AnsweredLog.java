package dev.starling.load;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * When calls were sent and answered with success. What was decided about one fell somewhere
 * between, so of a window it is certain of those calls only that were sent and answered in it.
 * Confined to one thread at a time.
 */
public final class AnsweredLog {
  private long[] sent = new long[1 << 16];
  private long[] answered = new long[1 << 16];
  private int size;

  public void add(long sentNanos, long answeredNanos) {
    if (size == sent.length) {
      sent = Arrays.copyOf(sent, 2 * size);
      answered = Arrays.copyOf(answered, 2 * size);
    }
    sent[size] = sentNanos;
    answered[size] = answeredNanos;
    size++;
  }

  public int size() {
    return size;
  }

  /** How long 99 of 100 took, in milliseconds. */
  public double p99Millis() {
    long[] took = new long[size];
    Arrays.setAll(took, i -> answered[i] - sent[i]);
    Arrays.sort(took);
    return size == 0 ? 0 : took[(int) Math.ceil(0.99 * size) - 1] / 1e6;
  }

  /**
   * The most calls that were certainly decided in one window of this length by the wall clock, as
   * those count who keep a fixed window.
   *
   * @param toEpochNanos what to add to {@link System#nanoTime()} for the time since 1970
   * @param doubtNanos by how much their clocks may differ from that
   */
  public int mostByTheClock(long windowNanos, long toEpochNanos, long doubtNanos) {
    Map<Long, Integer> inside = new HashMap<>();
    for (int i = 0; i < size; i++) {
      long window = Math.floorDiv(sent[i] + toEpochNanos - doubtNanos, windowNanos);
      if (window == Math.floorDiv(answered[i] + toEpochNanos + doubtNanos, windowNanos)) {
        inside.merge(window, 1, Integer::sum);
      }
    }
    return inside.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** The same for seconds, by nodes on this host. */
  public int mostInASecondOfTheClock() {
    Instant now = Instant.now();
    long epoch = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    return mostByTheClock(
        TimeUnit.SECONDS.toNanos(1), epoch - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(5));
  }
}
