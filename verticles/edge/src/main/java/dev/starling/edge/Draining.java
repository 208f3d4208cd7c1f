package dev.starling.edge;

import dev.starling.sdk.NodeScope;

/**
 * Whether this node is about to stop: then each answer asks its client to connect anew, which a
 * load balancer takes elsewhere. Thread-safe. It cannot be taken back.
 */
public final class Draining {
  private volatile boolean begun;

  private Draining() {}

  /** The flag of this node. */
  public static Draining of(NodeScope node) {
    return node.shared("edge:draining", Draining::new);
  }

  public void begin() {
    begun = true;
  }

  public boolean hasBegun() {
    return begun;
  }
}
