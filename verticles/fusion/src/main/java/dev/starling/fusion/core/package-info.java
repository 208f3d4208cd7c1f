/**
 * What a user meant, as a pure function of what was recorded. No framework, no clock, no I/O.
 *
 * <p>Contract: {@link dev.starling.fusion.core.Resolver} decides one utterance from a {@link
 * dev.starling.fusion.core.Situation}: events in any order, with duplicates or without, give the
 * same {@link dev.starling.fusion.core.Decision}, to the byte of its JSON.
 *
 * <p>How: three small models say which words stand for what ({@link
 * dev.starling.fusion.core.SlotModel}), what is to be done ({@link
 * dev.starling.fusion.core.IntentModel}) and what kind of thing is said of a picture ({@link
 * dev.starling.fusion.core.PictureModel}); rules read the rest as a description ({@link
 * dev.starling.fusion.core.Reference}). Pictures are scored against it ({@link
 * dev.starling.fusion.core.ImageScores}), the device that acts is chosen ({@link
 * dev.starling.fusion.core.DeviceChoice}), and what is clear enough is given ({@link
 * dev.starling.fusion.core.Draft}). Answers and continuations start from what was said before.
 *
 * <p>Failure modes: it does not fail on any event that its records accept. What it lacks (a vector,
 * a picture's descriptors) makes it less sure, so that it asks; it never guesses instead.
 */
@NullMarked
package dev.starling.fusion.core;

import org.jspecify.annotations.NullMarked;
