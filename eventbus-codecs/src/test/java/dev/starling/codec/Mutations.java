package dev.starling.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Damaged messages in an order that the seed determines: what a broken or hostile peer might send.
 */
public final class Mutations {
  // Ends of ranges, a continued varint, the largest int as a varint, and bytes that are not UTF-8.
  private static final byte[][] FRAGMENTS = {
    {0},
    {1},
    {0x7F},
    {(byte) 0x80},
    {-1},
    {-1, -1, -1, -1, 7},
    {-1, -1, -1, -1, -1, -1, -1, -1, 1},
    {(byte) 0xC0, (byte) 0x80},
    {(byte) 0xED, (byte) 0xA0, (byte) 0x80}
  };

  private static final byte[] NOTHING = {};

  private final Random random;
  private final List<byte[]> samples;

  public Mutations(long seed, List<byte[]> samples) {
    this.random = new Random(seed);
    this.samples = samples;
  }

  public byte[] next() {
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = sample().clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      bytes = change(bytes);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes) {
    if (bytes.length == 0) {
      return sample().clone();
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> bytes = splice(bytes, at, at + 1, fragment());
      case 3 -> bytes = splice(bytes, at, at, fragment());
      case 4 -> bytes = splice(bytes, at, Math.min(bytes.length, at + random.nextInt(9)), NOTHING);
      default -> {
        byte[] other = sample();
        int from = random.nextInt(other.length + 1);
        bytes = splice(bytes, at, bytes.length, Arrays.copyOfRange(other, from, other.length));
      }
    }
    return bytes;
  }

  private byte[] sample() {
    return samples.get(random.nextInt(samples.size()));
  }

  private byte[] fragment() {
    return FRAGMENTS[random.nextInt(FRAGMENTS.length)];
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] inserted) {
    byte[] result = new byte[from + inserted.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(inserted, 0, result, from, inserted.length);
    System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
    return result;
  }
}
