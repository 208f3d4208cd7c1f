package dev.starling.imagefeatures.look;

import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.imagefeatures.picture.Picture;
import dev.starling.imagefeatures.picture.ReadPicture;

/** Describes a picture. Without state; it computes for some tens of milliseconds a megapixel. */
public final class Look {
  /** About as a screen shows it: what is not sharp there is not seen to be. */
  private static final int SHOWN = 1024;

  /** Enough for shares of colours. */
  private static final int GLANCE = 256;

  private Look() {}

  /** What pixels and notes say; without an encoder's vector. */
  public static Described at(ReadPicture picture) {
    Picture pixels = picture.pixels();
    int width = pixels.width();
    Reduction shown = new Reduction(width, pixels.height(), SHOWN);
    Flatness flatness = new Flatness(width);
    int[] row = new int[width];
    for (int y = 0; y < pixels.height(); y++) {
      pixels.row(y, row);
      for (int x = 0; x < width; x++) {
        row[x] = Rgb.onWhite(row[x]);
      }
      shown.add(row);
      flatness.add(row);
    }
    Palette palette = Palette.of(Reduction.of(shown.result(), GLANCE));
    return new Described(
        picture.width(),
        picture.height(),
        palette.colors(),
        palette.brightness(),
        Sharpness.of(shown.result()),
        ScreenshotGuess.of(picture, flatness),
        picture.orientation(),
        picture.exif(),
        "",
        new float[0]);
  }
}
