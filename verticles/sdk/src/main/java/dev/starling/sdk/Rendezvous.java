package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.zip.CRC32C;

/**
 * Divides keys among nodes: each belongs to the node whose score with it is the highest. When a
 * node comes or goes only its own keys move. Without state.
 *
 * <p>Source: D. Thaler and C. Ravishankar, <i>Using name-based mappings to increase hit rates</i>,
 * 1998.
 */
public final class Rendezvous {
  private Rendezvous() {}

  /**
   * The owner of a key.
   *
   * @param nodes in an order that everybody sees alike
   * @param self who it is while there are none
   * @param key numbers of few bits will do
   */
  public static String owner(List<String> nodes, String self, long key) {
    String best = self;
    long highest = Long.MIN_VALUE;
    for (String node : nodes) {
      CRC32C hash = new CRC32C();
      hash.update(node.getBytes(UTF_8));
      long score = mixed(hash.getValue() << Byte.SIZE ^ key);
      // Of two with one score the first.
      if (score > highest) {
        highest = score;
        best = node;
      }
    }
    return best;
  }

  /** Murmur3's finalizer (public domain, A. Appleby): every bit depends on every bit. */
  public static long mixed(long bits) {
    long h = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
