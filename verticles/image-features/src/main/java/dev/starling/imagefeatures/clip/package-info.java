/**
 * An encoder pair in CLIP's layout: pictures and words to vectors that can be compared.
 *
 * <p>Contract: {@link dev.starling.imagefeatures.clip.ClipInput} makes of a picture what the image
 * encoder takes, as the reference does to the bit; {@link
 * dev.starling.imagefeatures.clip.EncoderPair} asks the two models, wherever they run.
 *
 * <p>Failure modes: a model that cannot be asked is a failed call; one that gives something else
 * than the layout says is {@code INTERNAL}, and named.
 */
@NullMarked
package dev.starling.imagefeatures.clip;

import org.jspecify.annotations.NullMarked;
