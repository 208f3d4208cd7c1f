/**
 * Circuit breakers: whether a dependency that fails is asked at all.
 *
 * <p>Contract: one {@link dev.starling.policy.breaker.CircuitBreaker} per dependency or upstream
 * host on a node, shared by its event loops. A call asks for a permit and hands it back with its
 * outcome; what began before the breaker's last change does not count any more. Time is passed in,
 * as {@link System#nanoTime()} counts it.
 *
 * <p>Failure modes: a permit that never comes back costs nothing while the breaker is closed, and a
 * trial that never comes back is given up in time. See docs/adr/0018-circuit-breakers.md.
 */
@NullMarked
package dev.starling.policy.breaker;

import org.jspecify.annotations.NullMarked;
