/**
 * Calls that the traffic policy refused, and why: what a decision id stands for.
 *
 * <p>Contract: a node keeps the last few thousand of its {@link
 * dev.starling.contract.decision.Decision}s in memory and shows them to whoever asks it by {@link
 * dev.starling.contract.decision.DecisionContract}. Failure modes: what has made room for newer
 * ones, and what a node had that is gone, cannot be had any more.
 */
@NullMarked
package dev.starling.contract.decision;

import org.jspecify.annotations.NullMarked;
