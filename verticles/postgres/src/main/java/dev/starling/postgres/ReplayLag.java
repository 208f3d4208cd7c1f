package dev.starling.postgres;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * How far a replica is behind its primary, from what both said of their logs.
 *
 * <p>Thread-safe; time is passed in, as {@link System#nanoTime()} counts it. No clock of a server
 * is asked, and an idle primary makes nobody late.
 */
final class ReplayLag {
  /*
   * Samples of the primary that are ahead of the replica wait here, the oldest first, behind one
   * that is not. A replica that has replayed a sample shows everything that was committed before the
   * sample was asked for. So what it does not show is younger than the last sample that it has
   * replayed: that bounds the staleness of a read. As the lag that operators see, the age of the
   * first sample that it has not replayed says more: it is nothing while there is nothing to replay.
   */

  /** Without an answer for this long nothing is known of the replica any more. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Eight minutes of samples; beyond, every second one is forgotten. */
  private static final int MOST_SAMPLES = 1_000;

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long replayedLsn = -1;
  private long heardNanos;
  private long startedMicros;
  private boolean known;
  private boolean diverged;

  /** The log was here from the first time to the last. */
  private record Sample(long lsn, long firstNanos, long lastNanos) {}

  /** Notes how far the primary has written. */
  synchronized void written(LogSample sample) {
    Sample newest = samples.peekLast();
    if (newest != null && sample.lsn() < newest.lsn()) {
      // Another server is the primary now, whose log goes on from an earlier place.
      samples.clear();
      newest = null;
    }
    if (known && sample.lsn() < replayedLsn && sample.askedNanos() - heardNanos > 0) {
      // It has replayed what the primary never wrote.
      diverged = true;
    }
    long firstNanos = sample.askedNanos();
    if (newest != null && newest.lsn() == sample.lsn()) {
      samples.removeLast();
      firstNanos = newest.firstNanos();
    }
    samples.addLast(new Sample(sample.lsn(), firstNanos, sample.askedNanos()));
    forgetReplayed();
    if (samples.size() > MOST_SAMPLES) {
      thinOut();
    }
  }

  /**
   * Notes how far the replica has replayed.
   *
   * @param newStartedMicros when its server was started, by its own clock
   */
  synchronized void replayed(LogSample sample, long newStartedMicros) {
    if (diverged && (sample.lsn() < replayedLsn || newStartedMicros != startedMicros)) {
      // Made anew, perhaps: that needs a start, and by now the primary may have written more than
      // when it was noticed. One that was only restarted is still ahead, which the next sample of
      // the primary shows; or it is behind and stays so, since PostgreSQL follows no log that does
      // not continue its own.
      diverged = false;
      samples.clear();
    }
    startedMicros = newStartedMicros;
    replayedLsn = sample.lsn();
    heardNanos = sample.heardNanos();
    known = true;
    forgetReplayed();
  }

  /** Notes that it is no replica, or none that can be asked. */
  synchronized void unknown() {
    known = false;
  }

  /** Whether a read there shows everything that is older than this, and what the log had at lsn. */
  synchronized boolean covers(Duration staleness, long lsn, long nowNanos) {
    Sample last = samples.peekFirst();
    return isUsable(nowNanos)
        && lsn <= replayedLsn
        && last != null
        && last.lsn() <= replayedLsn
        && nowNanos - last.lastNanos() <= staleness.toNanos();
  }

  /** Age of the oldest known part of the log that is not replayed; null when nothing is known. */
  synchronized @Nullable Duration lag(long nowNanos) {
    if (!isUsable(nowNanos)) {
      return null;
    }
    for (Sample sample : samples) {
      if (sample.lsn() > replayedLsn) {
        return Duration.ofNanos(nowNanos - sample.firstNanos());
      }
    }
    return Duration.ZERO;
  }

  private boolean isUsable(long nowNanos) {
    return known && !diverged && nowNanos - heardNanos <= PATIENCE.toNanos();
  }

  /** Keeps the last sample that is replayed, and those that are not. */
  private void forgetReplayed() {
    Sample last = null;
    while (!samples.isEmpty() && samples.peekFirst().lsn() <= replayedLsn) {
      last = samples.pollFirst();
    }
    if (last != null) {
      samples.addFirst(last);
    }
  }

  /** Not the one that is replayed, and not the one after it, whose age is the lag. */
  private void thinOut() {
    int place = 0;
    for (Iterator<Sample> each = samples.iterator(); each.hasNext(); place++) {
      each.next();
      if (place > 1 && place % 2 == 0) {
        each.remove();
      }
    }
  }
}
