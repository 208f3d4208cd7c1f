package dev.starling.imagefeatures.picture;

import dev.starling.contract.features.ImageFeatures.ExifRecord;

/**
 * A picture with what its file says about it.
 *
 * @param pixels upright, perhaps with rows and columns left out
 * @param width of the file's picture, upright
 * @param height likewise
 * @param type of the file
 * @param alpha whether it has room for transparency
 * @param orientation how it lies in the file, as EXIF counts
 * @param exif what its camera notes
 * @param saysScreenshot whether its notes say that it is one
 */
public record ReadPicture(
    Picture pixels,
    int width,
    int height,
    PictureType type,
    boolean alpha,
    int orientation,
    ExifRecord exif,
    boolean saysScreenshot) {}
