package dev.starling.cluster.routing;

import dev.starling.bus.OverdueCalls;
import dev.starling.bus.Target;
import dev.starling.contract.node.Heartbeat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Another node: its last heartbeat, and what this node makes of it. Confined to the table's
 * context, except that targets may be used anywhere.
 */
final class Peer {
  /*
   * A peer that was not trusted has to answer this many canaries in a row, so that one that comes
   * and goes does not get calls each time it comes.
   */
  static final int CANARIES = 2;

  private final Map<String, Target> targets = new ConcurrentHashMap<>();
  private final OverdueCalls overdue = new OverdueCalls();
  private Heartbeat beat;
  private long heardNanos;
  private PeerState state = PeerState.JOINING;
  private int canariesAnswered;

  Peer(Heartbeat beat, long heardNanos) {
    this.beat = beat;
    this.heardNanos = heardNanos;
  }

  String nodeId() {
    return beat.nodeId();
  }

  Heartbeat beat() {
    return beat;
  }

  PeerState state() {
    return state;
  }

  long silentNanos(long nowNanos) {
    return nowNanos - heardNanos;
  }

  /** Where calls to one of its services go; the same object as long as the peer is known. */
  Target target(String service) {
    return targets.computeIfAbsent(service, name -> Target.node(beat.nodeId(), overdue));
  }

  /** The most calls in a row that one of its services left unanswered. */
  int timeoutsInARow() {
    return targets.values().stream().mapToInt(Target::timeoutsInARow).max().orElse(0);
  }

  void heard(Heartbeat newBeat, long nowNanos) {
    this.beat = newBeat;
    this.heardNanos = nowNanos;
  }

  /** True when enough have been answered since the peer was last distrusted. */
  boolean answeredCanary() {
    return ++canariesAnswered >= CANARIES;
  }

  void enter(PeerState newState) {
    this.state = newState;
    this.canariesAnswered = 0;
    if (newState == PeerState.SERVING) {
      targets.values().forEach(Target::forgetTimeouts);
    }
  }

  /** A canary failed: those answered before it do not count. */
  void missedCanary() {
    canariesAnswered = 0;
  }
}
