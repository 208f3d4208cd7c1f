package dev.starling.postgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of one singleton: whether it owns it, in which epoch and until when.
 *
 * <p>Thread-safe; time is passed in. The node's own end of a term comes before the database's, so
 * that it stops by itself before another one may begin. That only avoids useless work: what keeps a
 * former owner from writing is the fence in the database.
 */
final class Seat {
  /** How much earlier a term ends here, for clocks that do not run equally fast. */
  private static final int MARGIN_PART = 10;

  private final String name;
  private boolean owned;
  private long epoch;
  private long endNanos;
  private boolean asking;
  private long askedNanos;
  private long terms;
  private long fenced;

  Seat(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The epoch of the term that runs now, or null when this node is not the owner. */
  synchronized @Nullable Long epoch(long nowNanos) {
    return owned && nowNanos - endNanos < 0 ? epoch : null;
  }

  /**
   * Whether the server may be asked for a term now: not while another question is under way, for
   * its answer would be a second term in place of the first.
   *
   * @param limit after which an answer is not waited for any more
   */
  synchronized boolean ask(long nowNanos, Duration limit) {
    if (asking && nowNanos - askedNanos < limit.toNanos()) {
      return false;
    }
    asking = true;
    askedNanos = nowNanos;
    return true;
  }

  /** The question has an answer, or failed. */
  synchronized void answered() {
    asking = false;
  }

  /**
   * Begins a term, unless a later one has begun.
   *
   * @param askedNanos when the server was asked; its lease began after that
   */
  synchronized boolean begin(long newEpoch, Duration lease, long askedNanos) {
    if (newEpoch <= epoch) {
      return false;
    }
    epoch = newEpoch;
    owned = true;
    terms++;
    endNanos = end(lease, askedNanos);
    return true;
  }

  /** Prolongs a term that has not ended; it cannot be revived. */
  synchronized void renew(long sameEpoch, Duration lease, long askedNanos) {
    if (owned && sameEpoch == epoch) {
      endNanos = end(lease, askedNanos);
    }
  }

  /** Ends a term; true unless that has happened before, or another one runs. */
  synchronized boolean end(long endedEpoch) {
    boolean ends = owned && endedEpoch == epoch;
    owned &= !ends;
    return ends;
  }

  /** Ends the term if its time is over; true once. */
  synchronized boolean lapse(long nowNanos) {
    boolean lapses = owned && nowNanos - endNanos >= 0;
    owned &= !lapses;
    return lapses;
  }

  synchronized void countFenced() {
    fenced++;
  }

  /** The latest epoch in which this node was the owner; 0 for none. */
  synchronized long latestEpoch() {
    return epoch;
  }

  /** How many terms this node has had. */
  synchronized long terms() {
    return terms;
  }

  /** How many writes were refused because the term was over. */
  synchronized long fenced() {
    return fenced;
  }

  private static long end(Duration lease, long askedNanos) {
    return askedNanos + lease.minus(lease.dividedBy(MARGIN_PART)).toNanos();
  }
}
