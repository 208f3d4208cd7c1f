package dev.starling.imagefeatures.picture;

/**
 * What of a file is needed for its pixels, as a file of the same type, and the notes of its camera.
 * Whatever else was in it (profiles, previews, texts, further pictures) never gets to a decoder.
 *
 * @param type of the file
 * @param width as stored
 * @param height as stored
 * @param bytesPerPixel in memory, once it is decoded
 * @param alpha whether pixels may be transparent
 * @param file nobody may write to it
 * @param exif a TIFF structure; empty when there are no notes
 */
// They go to a decoder; nobody compares them.
@SuppressWarnings("ArrayRecordComponent")
record BarePicture(
    PictureType type,
    int width,
    int height,
    int bytesPerPixel,
    boolean alpha,
    byte[] file,
    byte[] exif) {}
