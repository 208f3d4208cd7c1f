package dev.starling.ratelimiter;

/** Spreads and joins 64-bit hashes that are already unpredictable. */
final class Mixing {
  private Mixing() {}

  /**
   * A bijection in which each input bit flips about half of the output bits.
   *
   * <p>Source: D. Stafford's variant 13 of the MurmurHash3 finalizer, as in SplitMix64.
   */
  static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }

  /** A hash of an ordered pair. */
  static long join(long first, long second) {
    return mix(mix(first) + second);
  }
}
