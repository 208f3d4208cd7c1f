/**
 * What a user meant, as a pure function of what was recorded. No framework, no clock, no I/O.
 *
 * <p>Contract: {@link dev.starling.fusion.core.Resolver} decides one utterance from a {@link
 * dev.starling.fusion.core.Situation}: events in any order, with duplicates or without, give the
 * same {@link dev.starling.fusion.core.Decision}, to the byte of its JSON.
 *
 * <p>Failure modes: it does not fail on any event that its records accept. What it lacks (a vector,
 * a picture's descriptors) makes it less sure, so that it asks; it never guesses instead.
 */
@NullMarked
package dev.starling.fusion.core;

import org.jspecify.annotations.NullMarked;
