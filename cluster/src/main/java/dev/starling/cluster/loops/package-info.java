/**
 * Event loops that do not turn: noticed within 100 ms, blamed on the verticle that holds them.
 *
 * <p>Contract: a {@link dev.starling.cluster.loops.LoopWatch} has a thread of its own, because
 * nobody else can tell that a loop is held. A probe on each loop shows every 20 ms that it turns,
 * how late it is, and how much of that it made itself. Whoever wants to know implements {@link
 * dev.starling.cluster.loops.LoopListener}.
 *
 * <p>Failure modes: when the whole process stood still (a collection, a frozen machine), the
 * watchdog did too, and blames nobody. Code that is not a verticle's is blamed as {@code none}.
 */
@NullMarked
package dev.starling.cluster.loops;

import org.jspecify.annotations.NullMarked;
