package dev.starling.ratelimiter;

/**
 * Whom a node shares its rules with, as it is now.
 *
 * <p>Thread-safe, and asked on the hot path.
 */
interface Lenders {
  /** Who keeps a bucket that is shared. */
  enum Keeper {
    /** This node. */
    SELF,
    /** Somebody who can be asked. */
    OTHER,
    /** Somebody who cannot be asked now: each node gives its share. */
    NOBODY
  }

  /** Nodes that run a limiter, this one included. */
  int nodes();

  Keeper keeperOf(Lease lease, long nowNanos);
}
