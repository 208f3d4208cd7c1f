package dev.starling.cluster.routing;

import dev.starling.bus.Target;
import dev.starling.contract.node.Heartbeat;

/**
 * Another node, as its last heartbeat described it.
 *
 * @param beat what it said last
 * @param heardNanos when that arrived, on this JVM's monotonic clock
 * @param silent true when it has not been heard for longer than the patience
 * @param target where calls to it go; the same object as long as the peer is known
 */
record Peer(Heartbeat beat, long heardNanos, boolean silent, Target target) {

  boolean wantsCalls() {
    return beat.state() == Heartbeat.State.SERVING && !silent;
  }

  Peer heard(Heartbeat newBeat, long nowNanos) {
    return new Peer(newBeat, nowNanos, false, target);
  }

  Peer fellSilent() {
    return new Peer(beat, heardNanos, true, target);
  }
}
