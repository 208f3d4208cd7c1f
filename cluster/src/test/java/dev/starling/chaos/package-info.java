/**
 * Faults injected into a real cluster under load, and what clients see of them.
 *
 * <p>A {@link dev.starling.chaos.Lab} runs three nodes with the services and three with edges, in
 * zones a, b and c, each in a JVM of its own. An {@link dev.starling.load.OpenLoop} sends calls at
 * fixed moments, whether earlier ones were answered or not, and measures each from the moment that
 * it was due, so that a cluster that stands still cannot hide it by not being asked. A {@link
 * dev.starling.chaos.Fault} strikes in the middle; a {@link dev.starling.chaos.RoundResult} says
 * what became of every call, and the fault's bounds what may have.
 *
 * <p>Failure modes: a node that does not start or come back ends the run with its log; a round in
 * which the victim had too little to do does not count and is repeated.
 */
@NullMarked
package dev.starling.chaos;

import org.jspecify.annotations.NullMarked;
