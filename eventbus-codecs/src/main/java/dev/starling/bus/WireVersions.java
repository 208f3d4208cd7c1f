package dev.starling.bus;

import java.util.Collection;

/**
 * The versions of frames: which ones this node reads, and which one it writes.
 *
 * <p>While nodes are replaced by newer ones both kinds are there. So a node reads every version up
 * to its newest, says which that is in its heartbeat, and writes the newest that all members read;
 * the oldest while there is a member that it has not heard.
 *
 * <p>Thread-safe.
 */
public final class WireVersions {
  /** The first one. */
  public static final int OLDEST = 1;

  /** Has room in front for what later nodes add, which this one skips. */
  public static final int NEWEST = 2;

  private final int newest;
  private volatile int written = OLDEST;

  /**
   * @param newest the newest to read, below {@link #NEWEST} to be like an older node
   */
  WireVersions(int newest) {
    this.newest = newest;
  }

  /** What to tell others. */
  public int newest() {
    return newest;
  }

  /** Takes in what the other members read; those that have not been heard count as the oldest. */
  public void agree(Collection<Integer> newestOfOthers) {
    int common = newest;
    for (int other : newestOfOthers) {
      common = Math.min(common, other);
    }
    written = Math.max(OLDEST, common);
  }

  boolean reads(int version) {
    return version >= OLDEST && version <= newest;
  }

  int written() {
    return written;
  }

  @Override
  public String toString() {
    return OLDEST == newest ? "" + newest : OLDEST + ".." + newest;
  }
}
