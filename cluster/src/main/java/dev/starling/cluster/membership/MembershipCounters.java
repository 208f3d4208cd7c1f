package dev.starling.cluster.membership;

/**
 * What went wrong on the way between members since this node was made; each is repaired by itself.
 *
 * @param malformed messages that were no messages, or came from an address that is no node's
 * @param dropped messages that came faster than this node handled them
 * @param unsent messages that could not be handed to the channel
 */
public record MembershipCounters(long malformed, long dropped, long unsent) {}
