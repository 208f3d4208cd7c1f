/**
 * What pixels say without a model.
 *
 * <p>Contract: {@link dev.starling.imagefeatures.look.Look}, a pure function: the same picture
 * gives the same to the bit, on every machine. No framework, no I/O. It does not fail.
 */
@NullMarked
package dev.starling.imagefeatures.look;

import org.jspecify.annotations.NullMarked;
