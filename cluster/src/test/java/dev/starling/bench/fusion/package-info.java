/**
 * Measures what is promised of fusion, on real nodes: {@link dev.starling.bench.fusion.Fusion}
 * plays the parts, each of which prints a table and compares it with its bounds.
 *
 * <p>Events go out at moments that are given, whatever became of those before ({@link
 * dev.starling.bench.fusion.EventCalls}); commands are seen where devices see them ({@link
 * dev.starling.bench.fusion.CommandStreams}); and what was acknowledged is looked for in the
 * database afterwards, event by event.
 *
 * <p>Failure modes: a node that does not start ends the program with its log; an event without an
 * answer is neither acknowledged nor refused, and is counted as that; a request that could not be
 * made as it was meant (no user, no device) ends the program.
 */
@NullMarked
package dev.starling.bench.fusion;

import org.jspecify.annotations.NullMarked;
