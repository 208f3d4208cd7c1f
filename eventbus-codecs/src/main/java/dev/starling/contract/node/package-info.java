/**
 * What nodes tell each other about themselves.
 *
 * <p>Contract: each node publishes a {@link dev.starling.contract.node.Heartbeat} ten times a
 * second, which is health check, discovery and load report in one; the records behind the hashes in
 * it are fetched when they are new. Failure modes: a heartbeat that is lost is made up for by the
 * next; one that cannot be read counts as lost.
 */
@NullMarked
package dev.starling.contract.node;

import org.jspecify.annotations.NullMarked;
