package dev.starling.cluster.routing;

import dev.starling.contract.node.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Members of the cluster that this node cannot call although they are members, for longer than any
 * fault takes to be noticed: then membership and heartbeats disagree, and an operator must know.
 *
 * <p>Not thread-safe; time is passed in.
 */
final class UnreachedMembers {
  /** A member that is frozen or cut off leaves the view within 3 s. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  static final Duration AGAIN = Duration.ofMinutes(1);

  private final Map<String, Doubt> doubts = new HashMap<>();

  private static final class Doubt {
    final long sinceNanos;
    String failure = "";
    @Nullable Long saidNanos;

    Doubt(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  /** A canary to the node has failed. */
  void canaryFailed(String nodeId, String failure) {
    Doubt doubt = doubts.get(nodeId);
    if (doubt != null) {
      doubt.failure = failure;
    }
  }

  /**
   * Compares who is a member with who can be called.
   *
   * @param members the ids of the other members
   * @param peers who was heard
   * @return what is to be said of it now
   */
  List<String> look(Collection<String> members, Collection<Peer> peers, long nowNanos) {
    Map<String, Peer> heard = new HashMap<>();
    peers.forEach(peer -> heard.put(peer.nodeId(), peer));
    doubts.keySet().retainAll(members);
    List<String> said = new ArrayList<>();
    for (String member : members) {
      Peer peer = heard.get(member);
      if (peer != null && isAsItShould(peer, nowNanos)) {
        doubts.remove(member);
        continue;
      }
      Doubt doubt = doubts.computeIfAbsent(member, unknown -> new Doubt(nowNanos));
      if (isDue(doubt, nowNanos)) {
        doubt.saidNanos = nowNanos;
        said.add(
            "%s has been a member for %d s that cannot be called: %s"
                .formatted(
                    member,
                    Duration.ofNanos(nowNanos - doubt.sinceNanos).toSeconds(),
                    reason(peer, doubt, nowNanos)));
      }
    }
    return said;
  }

  private static boolean isDue(Doubt doubt, long nowNanos) {
    Long saidNanos = doubt.saidNanos;
    return saidNanos == null
        ? nowNanos - doubt.sinceNanos >= PATIENCE.toNanos()
        : nowNanos - saidNanos >= AGAIN.toNanos();
  }

  /** It is called, or says itself that it wants no calls. */
  private static boolean isAsItShould(Peer peer, long nowNanos) {
    return peer.state() == PeerState.SERVING
        || peer.beat().state() != Heartbeat.State.SERVING && !isSilent(peer, nowNanos);
  }

  private static boolean isSilent(Peer peer, long nowNanos) {
    return peer.silentNanos(nowNanos) >= PATIENCE.toNanos();
  }

  private static String reason(@Nullable Peer peer, Doubt doubt, long nowNanos) {
    if (peer == null) {
      return "no heartbeat of it has arrived";
    }
    if (isSilent(peer, nowNanos)) {
      return "its last heartbeat is %d s old"
          .formatted(Duration.ofNanos(peer.silentNanos(nowNanos)).toSeconds());
    }
    return "it is heard and answers no canary"
        + (doubt.failure.isEmpty() ? "" : " (" + doubt.failure + ")");
  }
}
