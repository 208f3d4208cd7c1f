package dev.starling.cluster.membership;

import java.util.List;
import java.util.Optional;

/**
 * Who is in the cluster, as this node sees it at one moment; for management, not for routing.
 *
 * <p>Immutable. The first member is the coordinator of the group, which only decides on joins and
 * leaves: it has no part in registrations.
 *
 * @param cluster the name of the cluster
 * @param id grows with each view that this node installs; -1 before the first
 * @param self the node id of this node
 * @param members every member, this node included; empty before the join and after the leave
 */
public record ClusterView(String cluster, long id, String self, List<Member> members) {
  /**
   * One member.
   *
   * @param nodeId its node id
   * @param zone its failure domain
   * @param address {@code host:port} of its membership, or empty if not known (yet)
   */
  public record Member(String nodeId, String zone, Optional<String> address) {}

  /** Copies the list. */
  public ClusterView {
    members = List.copyOf(members);
  }

  /** The coordinator of the group. */
  public Optional<Member> coordinator() {
    return members.stream().findFirst();
  }

  /** This node, if it is in the view. */
  public Optional<Member> own() {
    return members.stream().filter(member -> member.nodeId().equals(self)).findFirst();
  }
}
