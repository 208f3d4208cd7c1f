/**
 * The operators' port: health, metrics, the cluster as this node sees it.
 *
 * <p>Contract: {@code /livez} checks nothing but that the node answers; {@code /readyz} says
 * whether it should get traffic. Failure modes: a check that does not answer in time counts as
 * failed.
 */
@NullMarked
package dev.starling.cluster.management;

import org.jspecify.annotations.NullMarked;
