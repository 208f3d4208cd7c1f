package dev.starling.ratelimiter;

import java.util.random.RandomGenerator;

/**
 * A keyed 64-bit hash of text that whoever lacks the key can find no collisions for.
 *
 * <p>Immutable. Text is taken as UTF-16 code units, low byte first. Allocates nothing.
 *
 * <p>Source: J.-P. Aumasson and D. J. Bernstein, <i>SipHash: a fast short-input PRF</i>, 2012.
 */
final class SipHash {
  private final int rounds;
  private final int lastRounds;
  private final long v0;
  private final long v1;
  private final long v2;
  private final long v3;

  SipHash(int rounds, int lastRounds, long k0, long k1) {
    this.rounds = rounds;
    this.lastRounds = lastRounds;
    this.v0 = k0 ^ 0x736f6d6570736575L;
    this.v1 = k1 ^ 0x646f72616e646f6dL;
    this.v2 = k0 ^ 0x6c7967656e657261L;
    this.v3 = k1 ^ 0x7465646279746573L;
  }

  /** The variant that hash tables use against flooding, with a key from {@code random}. */
  static SipHash keyedFrom(RandomGenerator random) {
    return new SipHash(1, 3, random.nextLong(), random.nextLong());
  }

  long hash(CharSequence text) {
    int length = text.length();
    int whole = length & ~3;
    State state = new State(this);
    for (int i = 0; i < whole; i += 4) {
      state.absorb(
          text.charAt(i)
              | (long) text.charAt(i + 1) << 16
              | (long) text.charAt(i + 2) << 32
              | (long) text.charAt(i + 3) << 48,
          rounds);
    }
    long last = (2L * length) << 56;
    for (int i = whole; i < length; i++) {
      last |= (long) text.charAt(i) << (16 * (i - whole));
    }
    return state.finish(last, rounds, lastRounds);
  }

  /** The hash of eight bytes, low byte first. */
  long hash(long value) {
    State state = new State(this);
    state.absorb(value, rounds);
    return state.finish(8L << 56, rounds, lastRounds);
  }

  /** Four words of mixing; short-lived enough for the compiler to keep it in registers. */
  private static final class State {
    private long a;
    private long b;
    private long c;
    private long d;

    State(SipHash key) {
      a = key.v0;
      b = key.v1;
      c = key.v2;
      d = key.v3;
    }

    void absorb(long word, int rounds) {
      d ^= word;
      mix(rounds);
      a ^= word;
    }

    long finish(long word, int rounds, int lastRounds) {
      absorb(word, rounds);
      c ^= 0xff;
      mix(lastRounds);
      return a ^ b ^ c ^ d;
    }

    private void mix(int rounds) {
      for (int i = 0; i < rounds; i++) {
        a += b;
        c += d;
        b = Long.rotateLeft(b, 13) ^ a;
        d = Long.rotateLeft(d, 16) ^ c;
        a = Long.rotateLeft(a, 32) + d;
        c += b;
        d = Long.rotateLeft(d, 21) ^ a;
        b = Long.rotateLeft(b, 17) ^ c;
        c = Long.rotateLeft(c, 32);
      }
    }
  }
}
