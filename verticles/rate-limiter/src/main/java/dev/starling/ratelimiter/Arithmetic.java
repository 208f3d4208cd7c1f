package dev.starling.ratelimiter;

/**
 * How one window counts: what the state of a bucket means, and what becomes of it.
 *
 * <p>Implementations are immutable. A bucket's state is a moment and a part of 32 bits, which mean
 * what the implementation says, except that a bucket whose moment has passed equals a new one. From
 * them and the time a call reads the bucket's <i>load</i>, 0 for a new bucket; it decides by that,
 * and writes another one back. Moments are nanoseconds of a clock that does not go back; for
 * windows that are aligned to it, of the epoch.
 */
sealed interface Arithmetic permits TokenBucket, LeakyBucket, FixedWindow, SlidingWindow {

  /** What is spent of a bucket with this state. */
  long load(long moment, int part, long nowNanos);

  /** Whether {@code cost} permits can ever be spent at once. */
  boolean holds(int cost);

  /** Until {@code cost} permits, which the window {@link #holds}, are there; 0 if they are now. */
  long waitNanos(long load, int cost, long nowNanos);

  /** How long a call that is let pass has to wait for its turn. */
  default long delayNanos(long load) {
    return 0;
  }

  /** Between the turns of two permits; 0 where there are no turns. */
  default long spacingNanos() {
    return 0;
  }

  /** How long permits that were spent just now may be kept for later by whoever spent them. */
  default long validNanos(long nowNanos) {
    return Long.MAX_VALUE;
  }

  /** The load after spending {@code cost} permits that were there. */
  long spend(long load, int cost);

  /** The state of a bucket with this load, first half. */
  long moment(long load, long nowNanos);

  /** The other half. */
  int part(long load);

  /** Permits that can be spent at once. */
  long remaining(long load, long nowNanos);

  /** Until the bucket is as new. */
  long fullInNanos(long load, long nowNanos);

  /** Permits that can be spent at once from a new bucket. */
  long capacity();
}
