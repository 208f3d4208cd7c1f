/**
 * Describes pictures that others took.
 *
 * <p>Contract: {@link dev.starling.contract.features.ImageFeaturesContract}. What is said of a
 * picture without a model is a function of its bytes. With an encoder pair configured, a vector is
 * added that words can be compared with. Bytes are not trusted: what a header declares is checked
 * before anything is unfolded, only what pixels need is given to a decoder, and decoding happens on
 * threads of its own, of which there are few.
 *
 * <p>Failure modes: bytes that are no picture, damaged, too many, or that unfold too far are
 * refused, naming the bound. More pictures than may wait fail as overloaded, those that nobody
 * waits for any more as expired. Without the encoder, pictures are described without a vector, and
 * words are not encoded (unavailable).
 */
@NullMarked
package dev.starling.imagefeatures;

import org.jspecify.annotations.NullMarked;
