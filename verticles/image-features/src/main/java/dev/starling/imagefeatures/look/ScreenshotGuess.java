package dev.starling.imagefeatures.look;

import dev.starling.imagefeatures.picture.PictureType;
import dev.starling.imagefeatures.picture.ReadPicture;

/**
 * Whether a screen drew a picture, or a lens took it.
 *
 * <p>What its notes say settles it: a lens's exposure, or the word. Otherwise points are counted,
 * and {@value #ENOUGH} are a screenshot:
 *
 * <table>
 * <caption>Points</caption>
 * <tr><td>exactly the size of a screen</td><td>2</td></tr>
 * <tr><td>PNG, which cameras do not write</td><td>1</td></tr>
 * <tr><td>room for transparency, likewise</td><td>1</td></tr>
 * <tr><td>a third of the pixels exactly as their neighbour</td><td>1</td></tr>
 * <tr><td>two thirds</td><td>2</td></tr>
 * <tr><td>less than a tenth</td><td>−2</td></tr>
 * <tr><td>most edges stand straight</td><td>1</td></tr>
 * <tr><td>notes of a camera's model</td><td>−1</td></tr>
 * </table>
 *
 * <p>The weights are chosen, not learned: no single sign is enough, and noise, which all lenses
 * have, outweighs a size.
 */
final class ScreenshotGuess {
  private static final int ENOUGH = 3;

  private ScreenshotGuess() {}

  static boolean of(ReadPicture picture, Flatness flatness) {
    if (picture.exif().exposed()) {
      return false;
    }
    return picture.saysScreenshot() || points(picture, flatness) >= ENOUGH;
  }

  private static int points(ReadPicture picture, Flatness flatness) {
    int points = ScreenSizes.contains(picture.width(), picture.height()) ? 2 : 0;
    points += picture.type() == PictureType.PNG ? 1 : 0;
    points += picture.alpha() ? 1 : 0;
    points += flatPoints(flatness.flatShare());
    points += flatness.straightShare() > 0.5 ? 1 : 0;
    points -= picture.exif().model().isEmpty() ? 0 : 1;
    return points;
  }

  private static int flatPoints(double share) {
    if (share < 0.1) {
      return -2;
    }
    return share >= 2 / 3.0 ? 2 : share >= 1 / 3.0 ? 1 : 0;
  }
}
