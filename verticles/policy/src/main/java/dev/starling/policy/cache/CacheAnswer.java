package dev.starling.policy.cache;

/** What somebody who asked a cache is given. */
public sealed interface CacheAnswer<V> {

  /**
   * An answer.
   *
   * @param ageNanos how long ago it was loaded
   * @param kept whether those who ask later are given it too
   */
  record Given<V>(V value, Source source, long ageNanos, boolean kept) implements CacheAnswer<V> {}

  /** Too many wait for the same load already; nothing was done. */
  record Crowded<V>() implements CacheAnswer<V> {}

  /** Where an answer came from. */
  enum Source {
    /** It was loaded for this request; it may be a failure. */
    LOADED,
    /** It was loaded for another request and is fresh. */
    FRESH,
    /** It is not fresh any more, and a newer one is being fetched. */
    STALE,
    /** It is not fresh any more, and a newer one could not be had: to be marked as degraded. */
    DEGRADED
  }
}
