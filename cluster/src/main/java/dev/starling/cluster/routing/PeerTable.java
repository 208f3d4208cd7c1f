package dev.starling.cluster.routing;

import dev.starling.contract.node.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of every other node: the state machines of {@link PeerState}. Framework-free; time
 * is passed in.
 *
 * <p>Not thread-safe: it lives on the node's control context; others see the snapshots that {@link
 * LadderRouter} makes of it.
 */
final class PeerTable {

  /**
   * A peer changed its state.
   *
   * @param reason for the log
   */
  record Transition(String nodeId, @Nullable PeerState from, PeerState to, String reason) {}

  /**
   * When a peer is no longer trusted.
   *
   * @param patience how long it may be silent: three heartbeats, so that a lost one or a
   *     young-generation pause changes nothing
   * @param timeouts calls in a row that it may leave unanswered
   * @param memory how long a silent peer that never left is remembered
   */
  record Limits(Duration patience, int timeouts, Duration memory) {
    static Limits defaults() {
      return new Limits(Duration.ofMillis(300), 5, Duration.ofSeconds(30));
    }

    /** Trusts everybody until the cluster's view drops them. */
    static Limits unlimited() {
      return new Limits(Duration.ofDays(1), Integer.MAX_VALUE, Duration.ofDays(1));
    }
  }

  private final String ownNodeId;
  private final Limits limits;
  private final Consumer<Transition> listener;
  private final SortedMap<String, Peer> peers = new TreeMap<>();

  /**
   * @param listener is told of each transition, after it has happened
   */
  PeerTable(String ownNodeId, Limits limits, Consumer<Transition> listener) {
    this.ownNodeId = ownNodeId;
    this.limits = limits;
    this.listener = listener;
  }

  /** Takes in a heartbeat; true when what the peer offers has changed. */
  boolean heard(Heartbeat beat, long nowNanos) {
    if (beat.nodeId().equals(ownNodeId)) {
      return false;
    }
    Peer peer = peers.get(beat.nodeId());
    if (peer == null) {
      peers.put(beat.nodeId(), new Peer(beat, nowNanos));
      listener.accept(new Transition(beat.nodeId(), null, PeerState.JOINING, "was heard"));
      return true;
    }
    if (beat.sequence() <= peer.beat().sequence()) {
      return false;
    }
    boolean changed = !beat.services().equals(peer.beat().services());
    peer.heard(beat, nowNanos);
    if (beat.state() == Heartbeat.State.DRAINING) {
      enter(peer, PeerState.DRAINING, "says so");
    }
    return changed;
  }

  /** Looks at the clock and at what calls have met. */
  void tick(long nowNanos) {
    for (Peer peer : List.copyOf(peers.values())) {
      long silent = peer.silentNanos(nowNanos);
      if (silent > limits.memory.toNanos()) {
        remove(peer, "was silent for " + limits.memory.toSeconds() + " s");
      } else if (peer.state() == PeerState.SERVING) {
        if (silent > limits.patience.toNanos()) {
          enter(peer, PeerState.SUSPECT, "is silent");
        } else if (peer.timeoutsInARow() >= limits.timeouts) {
          enter(peer, PeerState.SUSPECT, "did not answer " + limits.timeouts + " calls in a row");
        }
      }
    }
  }

  /** The peers that are heard and have to prove that calls reach them. */
  List<String> canaries(long nowNanos) {
    return peers.values().stream()
        .filter(peer -> peer.state() == PeerState.JOINING || peer.state() == PeerState.SUSPECT)
        .filter(peer -> peer.beat().state() == Heartbeat.State.SERVING)
        .filter(peer -> peer.silentNanos(nowNanos) <= limits.patience.toNanos())
        .map(Peer::nodeId)
        .toList();
  }

  /** A canary came back. */
  void canaryAnswered(String nodeId) {
    Peer peer = peers.get(nodeId);
    if (peer != null
        && (peer.state() == PeerState.JOINING || peer.state() == PeerState.SUSPECT)
        && peer.answeredCanary()) {
      enter(peer, PeerState.SERVING, "answered its canaries");
    }
  }

  /** A canary did not come back. */
  void canaryMissed(String nodeId) {
    Peer peer = peers.get(nodeId);
    if (peer != null) {
      peer.missedCanary();
    }
  }

  /** The peer's link has closed, which happens first when its process ends. */
  void linkClosed(String nodeId) {
    Peer peer = peers.get(nodeId);
    if (peer != null && peer.state() == PeerState.SERVING) {
      enter(peer, PeerState.SUSPECT, "closed its link");
    }
  }

  /** The peer's process has ended, or the cluster's view has dropped it. */
  void lost(String nodeId, String reason) {
    Peer peer = peers.get(nodeId);
    if (peer != null) {
      remove(peer, reason);
    }
  }

  Collection<Peer> all() {
    return new ArrayList<>(peers.values());
  }

  private void remove(Peer peer, String reason) {
    peers.remove(peer.nodeId());
    enter(peer, PeerState.GONE, reason);
  }

  private void enter(Peer peer, PeerState state, String reason) {
    PeerState old = peer.state();
    if (old != state) {
      peer.enter(state);
      listener.accept(new Transition(peer.nodeId(), old, state, reason));
    }
  }
}
