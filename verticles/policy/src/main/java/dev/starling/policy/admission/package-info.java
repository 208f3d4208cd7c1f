/**
 * Admission: which requests a node takes on when it cannot serve all of them.
 *
 * <p>Contract: three guards, each about one thing that runs out: calls in flight ({@link
 * dev.starling.policy.admission.ConcurrencyLimiter}, one per class of routes), the time of event
 * loops ({@link dev.starling.policy.admission.LoopLagGuard}), memory ({@link
 * dev.starling.policy.admission.HeapGuard}). What matters least is refused first. {@link
 * dev.starling.policy.admission.Admission} asks all of them and says which one refused, and when to
 * come back.
 *
 * <p>Threading: every object here is one per node, shared by its event loops, and never blocks. To
 * refuse costs reads; to admit costs two atomic operations on a counter of the class. Time and
 * chance are passed in.
 *
 * <p>Failure modes: a caller that never leaves takes its place for ever, so leaving belongs where
 * the answer ends in every case. See docs/adr/0019-admission.md.
 */
@NullMarked
package dev.starling.policy.admission;

import org.jspecify.annotations.NullMarked;
