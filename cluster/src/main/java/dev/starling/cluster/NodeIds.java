package dev.starling.cluster;

import java.security.SecureRandom;

/** Draws node ids: long enough that none is ever used twice in the life of a cluster. */
final class NodeIds {
  private static final SecureRandom RANDOM = new SecureRandom();

  private NodeIds() {}

  static long next() {
    return RANDOM.nextLong();
  }
}
