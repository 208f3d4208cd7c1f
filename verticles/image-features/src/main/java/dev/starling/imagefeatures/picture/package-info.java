/**
 * From bytes that are not trusted to pixels that stand upright.
 *
 * <p>Contract: {@link dev.starling.imagefeatures.picture.PictureReader}. No framework, no I/O.
 *
 * <p>Failure modes: {@link dev.starling.imagefeatures.picture.RefusedPicture} for whatever is no
 * JPEG or PNG, is damaged, or breaks a bound; notes of a camera that cannot be read say nothing.
 */
@NullMarked
package dev.starling.imagefeatures.picture;

import org.jspecify.annotations.NullMarked;
