package dev.starling.imagefeatures.picture;

import java.awt.image.BufferedImage;

/** Reads pictures. Thread-safe and without state; it computes for up to seconds. */
public final class PictureReader {
  private final PictureLimits limits;

  public PictureReader(PictureLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a file: first what it declares, then, within the limits, its pixels.
   *
   * @throws RefusedPicture when it is not what is read here, or breaks a limit
   */
  public ReadPicture read(byte[] file) throws RefusedPicture {
    BarePicture bare =
        switch (PictureType.of(file)) {
          case JPEG -> JpegFile.read(file, limits);
          case PNG -> PngFile.read(file, limits);
        };
    CameraNotes notes = CameraNotes.read(bare.exif());
    Orientation orientation = Orientation.of(notes.orientation());
    BufferedImage image = Decoder.decode(bare, limits);
    Picture pixels =
        new Picture(Pixels.of(image), image.getWidth(), image.getHeight(), orientation);
    return new ReadPicture(
        pixels,
        orientation.swapped() ? bare.height() : bare.width(),
        orientation.swapped() ? bare.width() : bare.height(),
        bare.type(),
        bare.alpha(),
        orientation.exif(),
        notes.exif(),
        notes.saysScreenshot());
  }
}
