/**
 * Response caches: answers that are given again, however many ask, and older ones when there is no
 * newer one to be had.
 *
 * <p>Contract: one {@link dev.starling.policy.cache.ResponseCache} per rule on a node, shared by
 * its event loops. What an answer consists of is not its affair. However many ask for the same at
 * once, one load runs at a time. Nothing here blocks.
 *
 * <p>Failure modes: a load that fails is tried by the next who waits and has time left, unless an
 * older answer may be given; a second level that fails or is late is one that has nothing.
 */
@NullMarked
package dev.starling.policy.cache;

import org.jspecify.annotations.NullMarked;
