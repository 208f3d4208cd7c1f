/**
 * Who is in the cluster and which event-bus addresses each node serves: a Vert.x cluster manager
 * straight on JGroups, without a replicated cache in between.
 *
 * <p>Contract: a node is the only authority on its own endpoint and registrations. It sends its
 * full state to everybody on every view change and on every change of its own, and a digest of it
 * once a second; whoever disagrees with the digest asks for the full state. A node that is not in
 * the view has no registrations, on any member, from the moment that member sees the view. There is
 * no coordinator whose death or whose clean-up can lose or keep somebody else's registrations.
 *
 * <p>Failure modes: a lost, late or malformed message is repaired by the next digest (one second);
 * a frozen or cut-off node is dropped by the rest and, when it returns, is merged and announces
 * itself again; a join that cannot bind or resolve fails with one {@link
 * dev.starling.cluster.membership.MembershipException}. Two halves of a split cluster both go on
 * working: registrations are availability data, so nothing here waits for a quorum. Maps, locks and
 * counters are refused for the same reason (docs/adr/0004-cluster-manager.md).
 */
@NullMarked
package dev.starling.cluster.membership;

import org.jspecify.annotations.NullMarked;
