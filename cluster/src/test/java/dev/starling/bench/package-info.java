/**
 * Programs that measure what is promised, on real nodes with a real PostgreSQL and a real Redis:
 * {@link dev.starling.bench.Overload} how much is left of a node's work when ten times of what it
 * can do is asked, {@link dev.starling.bench.Limits} how exact limits are that nodes share, {@link
 * dev.starling.bench.Orders} how many orders a node places, {@link dev.starling.bench.Outboxes} how
 * events leave the outbox while relays are killed.
 *
 * <p>Each checks its figures against bounds and ends with 1 when one is broken. Failure modes: a
 * node that does not start ends the program with its log; a generator that could not keep its own
 * schedule makes the run invalid, which it says, and ends with 1.
 */
@NullMarked
package dev.starling.bench;

import org.jspecify.annotations.NullMarked;
