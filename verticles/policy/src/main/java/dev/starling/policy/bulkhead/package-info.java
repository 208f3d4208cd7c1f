/**
 * Bulkheads: how many calls may be in one place at once, and how long a few more may wait to be.
 *
 * <p>Contract: one {@link dev.starling.policy.bulkhead.Bulkhead} per route or dependency on a node,
 * shared by its event loops. Whoever entered leaves, once. Who waits is called back, or leaves the
 * queue by itself; nobody is called after that.
 *
 * <p>Failure modes: full means refused at once; a wait that lasts too long is refused at the next
 * look at the clock, so somebody must tick; closing refuses everybody who waits.
 */
@NullMarked
package dev.starling.policy.bulkhead;

import org.jspecify.annotations.NullMarked;
