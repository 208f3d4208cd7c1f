package dev.starling.ratelimiter;

/**
 * Whom a node shares its rules with, as it is now.
 *
 * <p>Thread-safe, and asked on the hot path.
 */
interface Lenders {
  /** Nobody: every rule is this node's own. */
  Lenders NONE =
      new Lenders() {
        @Override
        public int nodes() {
          return 1;
        }

        @Override
        public Keeper keeperOf(Lease lease, long nowNanos) {
          return Keeper.NOBODY;
        }
      };

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
