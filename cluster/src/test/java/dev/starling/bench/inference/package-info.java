/**
 * Measures what is promised of models and vectors, on real nodes: {@link
 * dev.starling.bench.inference.Inference} plays the parts, each of which prints a table and
 * compares it with its bounds.
 *
 * <p>Generators are cheap ({@link dev.starling.bench.inference.Wrk}, or {@link
 * dev.starling.bench.inference.OwnGenerator} where it is missing), requests are made before
 * anything is measured ({@link dev.starling.bench.inference.Requests}), and what is compared takes
 * turns within one run.
 *
 * <p>Failure modes: a node that does not start ends the program with its log; a part for which
 * something is missing on this machine says what, and is left out; an answer that is no success
 * makes the figures of a part invalid, which is a broken bound.
 */
@NullMarked
package dev.starling.bench.inference;

import org.jspecify.annotations.NullMarked;
