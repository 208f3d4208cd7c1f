package dev.starling.cluster.membership;

/**
 * What members tell each other; {@link MessageWire} has the bytes.
 *
 * <p>Legal orders, per pair of members, sender on the left of the arrow:
 *
 * <pre>
 * exchange := Announce -> Ack            on every view and every change
 *           | Digest [-> Pull -> Announce -> Ack]    every second; the rest only on disagreement
 * </pre>
 *
 * The subject of each message is its sender, which the transport identifies: a member cannot speak
 * for another one.
 */
sealed interface MembershipMessage {
  /** The sender's full state. */
  record Announce(NodeState state) implements MembershipMessage {}

  /** The version and the checksum of the sender's state. */
  record Digest(long version, int checksum) implements MembershipMessage {}

  /** Asks the receiver for its full state. */
  record Pull() implements MembershipMessage {}

  /** Says which version of the receiver's state the sender now holds. */
  record Ack(long version) implements MembershipMessage {}
}
