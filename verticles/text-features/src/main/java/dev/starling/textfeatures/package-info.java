/**
 * Makes vectors of texts with an embedding model that some node runs.
 *
 * <p>Contract: {@link dev.starling.contract.features.TextFeaturesContract}. Each text goes to the
 * model in a request of its own; equal texts that are asked for at the same time in one, and what
 * was asked before is remembered within a bound of bytes. So the vector of a text depends on the
 * text and the model's version alone, as far as the model keeps rows of different requests apart.
 *
 * <p>Failure modes: without the model, texts that are not remembered fail as unavailable. More
 * texts than may wait for it fail as overloaded, those that nobody waits for any more as expired.
 * When another version of the model answers, what its predecessor made is forgotten.
 */
@NullMarked
package dev.starling.textfeatures;

import org.jspecify.annotations.NullMarked;
