/**
 * Who may get traffic: what this node knows of its peers, and how a call finds its node.
 *
 * <p>Contract: heartbeats are the only source of who serves what; the cluster manager carries
 * addresses and says which nodes have left. A call goes to the caller's own loop, then to its node,
 * then to its zone, then to other zones; within a rung to the less loaded of two drawn by weight.
 *
 * <p>Failure modes: a peer that falls silent gets no new calls while another one is left; when all
 * are silent they are called all the same. A peer that left the cluster is forgotten, and what was
 * in flight there ends or moves.
 */
@NullMarked
package dev.starling.cluster.routing;

import org.jspecify.annotations.NullMarked;
