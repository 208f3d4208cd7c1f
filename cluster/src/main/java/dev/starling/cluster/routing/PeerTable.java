package dev.starling.cluster.routing;

import dev.starling.bus.Target;
import dev.starling.contract.node.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of every other node. Framework-free; time is passed in.
 *
 * <p>Not thread-safe: it lives on the node's control context; others see the snapshots that {@link
 * LadderRouter} makes of it.
 */
final class PeerTable {
  private final String ownNodeId;
  private final long patienceNanos;
  private final SortedMap<String, Peer> peers = new TreeMap<>();

  /**
   * @param patience how long a peer may be silent and still get calls; several heartbeats long, so
   *     that a lost one or a short pause changes nothing
   */
  PeerTable(String ownNodeId, Duration patience) {
    this.ownNodeId = ownNodeId;
    this.patienceNanos = patience.toNanos();
  }

  /** Takes in a heartbeat; true when who may be called has changed by it. */
  boolean heard(Heartbeat beat, long nowNanos) {
    if (beat.nodeId().equals(ownNodeId)) {
      return false;
    }
    Peer old = peers.get(beat.nodeId());
    if (old == null) {
      peers.put(beat.nodeId(), new Peer(beat, nowNanos, false, Target.node(beat.nodeId())));
      return true;
    }
    if (beat.sequence() <= old.beat().sequence()) {
      return false;
    }
    peers.put(beat.nodeId(), old.heard(beat, nowNanos));
    return old.silent()
        || beat.state() != old.beat().state()
        || !beat.services().equals(old.beat().services());
  }

  /** Marks who has been silent for too long; true when somebody was. */
  boolean expire(long nowNanos) {
    boolean changed = false;
    for (Peer peer : List.copyOf(peers.values())) {
      if (!peer.silent() && nowNanos - peer.heardNanos() > patienceNanos) {
        peers.put(peer.beat().nodeId(), peer.fellSilent());
        changed = true;
      }
    }
    return changed;
  }

  /** Forgets a node that left the cluster; true when it was known. */
  boolean left(String nodeId) {
    return peers.remove(nodeId) != null;
  }

  Collection<Peer> all() {
    return new ArrayList<>(peers.values());
  }
}
