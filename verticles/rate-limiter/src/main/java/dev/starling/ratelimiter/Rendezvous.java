package dev.starling.ratelimiter;

import java.util.List;

/**
 * Which of several nodes a key belongs to: the one whose score with it is the highest. When a node
 * comes or goes only its own keys move.
 *
 * <p>Source: D. Thaler and C. Ravishankar, <i>Using name-based mappings to increase hit rates</i>,
 * 1998.
 */
final class Rendezvous {
  private Rendezvous() {}

  /**
   * @param nodes one or more
   * @param hashes the same on every node
   */
  static String choose(List<String> nodes, long keyHash, SipHash hashes) {
    String best = nodes.get(0);
    long highest = Long.MIN_VALUE;
    for (String node : nodes) {
      long score = Mixing.join(hashes.hash(node), keyHash);
      // Of two with one score the lower id: everybody must choose the same.
      if (score > highest) {
        highest = score;
        best = node;
      }
    }
    return best;
  }
}
