/**
 * The operators' port: health, metrics, the cluster as this node sees it, why clients were refused,
 * and what operators do to the node: drain, scale, reload.
 *
 * <p>Contract: {@code /livez} checks nothing but that the node answers; {@code /readyz} says
 * whether it should get traffic. These and {@code /metrics} are open to everybody who reaches the
 * port; the rest is for who shows the admin token, or, without one, for who is on this machine.
 *
 * <p>Failure modes: a check that does not answer in time counts as failed. Who shows wrong tokens
 * is not listened to for a while. Requests are bounded in size, time and number of connections.
 * Errors are problem details.
 */
@NullMarked
package dev.starling.cluster.management;

import org.jspecify.annotations.NullMarked;
