package dev.starling.imagefeatures.look;

import dev.starling.contract.features.ImageFeatures.ColorShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The colours of a picture by name, and how light it is. Immutable.
 *
 * @param colors the largest share first
 * @param brightness mean lightness, 0..1
 */
record Palette(List<ColorShare> colors, double brightness) {
  /** What takes less of a picture is not what anybody calls it by. */
  private static final double LEAST_SHARE = 0.01;

  static Palette of(Raster picture) {
    ColorName[] names = ColorName.values();
    long[] counts = new long[names.length];
    long[][] sums = new long[names.length][3];
    double lightness = 0;
    int last = -1;
    Oklab seen = Oklab.of(0);
    int name = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int rgb = picture.rgb(x, y);
        if (rgb != last) {
          // Neighbours are often the same.
          last = rgb;
          seen = Oklab.of(rgb);
          name = ColorName.of(seen).ordinal();
        }
        lightness += seen.lightness();
        counts[name]++;
        sums[name][0] += Rgb.red(rgb);
        sums[name][1] += Rgb.green(rgb);
        sums[name][2] += Rgb.blue(rgb);
      }
    }
    long pixels = (long) picture.width() * picture.height();
    List<ColorShare> colors = new ArrayList<>();
    for (ColorName one : names) {
      long count = counts[one.ordinal()];
      double share = (double) count / pixels;
      if (share >= LEAST_SHARE) {
        colors.add(new ColorShare(one.text(), mean(sums[one.ordinal()], count), Rounded.of(share)));
      }
    }
    colors.sort(
        Comparator.comparingDouble(ColorShare::share).reversed().thenComparing(ColorShare::name));
    return new Palette(List.copyOf(colors), Rounded.of(lightness / pixels));
  }

  private static int mean(long[] sums, long count) {
    int rgb = 0;
    for (long sum : sums) {
      rgb = rgb << 8 | (int) ((sum + count / 2) / count);
    }
    return rgb;
  }
}
