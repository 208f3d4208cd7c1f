/**
 * The node: the only {@code main}, which turns a configuration into running verticles.
 *
 * <p>Contract: a node starts in the order configuration, cluster, database, verticles, and says so
 * in one line when it is ready; it stops in the reverse order. Failure modes: what prevents a start
 * is one line on standard error and a non-zero exit; nothing that was started stays behind.
 */
@NullMarked
package dev.starling.cluster;

import org.jspecify.annotations.NullMarked;
