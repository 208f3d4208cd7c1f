/**
 * How a message becomes bytes and back.
 *
 * <p>Contract: a {@link dev.starling.codec.Codec} writes a value to a {@link
 * dev.starling.codec.WireWriter} and reads an equal one from a {@link
 * dev.starling.codec.WireReader}. Integers are big-endian or variable-length, text is UTF-8 behind
 * its length in bytes.
 *
 * <p>Failure modes: bytes from a peer are not trusted. Each length is compared with the bytes that
 * remain before anything is allocated, and whatever cannot be read ends in {@link
 * dev.starling.codec.MalformedFrameException}, never in another exception or an endless loop. What
 * decoding allocates is bounded by 64 times the input, the price of a list of empty texts.
 */
@NullMarked
package dev.starling.codec;

import org.jspecify.annotations.NullMarked;
