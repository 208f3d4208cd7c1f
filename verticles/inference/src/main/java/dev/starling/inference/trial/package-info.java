/**
 * Loads and runs a model that nobody vouches for in a process of its own, and tells what became of
 * it.
 *
 * <p>Contract: {@link dev.starling.inference.trial.ChildTrial}; one at a time on a node. Failure
 * modes: a trial that takes too long, takes too much memory or dies is a {@code Failed} with the
 * reason; a child that cannot be started at all is an {@link java.io.IOException}, and the model is
 * not loaded either. Where the system has no {@code prlimit} or {@code unshare}, which is logged
 * once, the child is bounded by its parent's clock and its own heap alone.
 */
@NullMarked
package dev.starling.inference.trial;

import org.jspecify.annotations.NullMarked;
