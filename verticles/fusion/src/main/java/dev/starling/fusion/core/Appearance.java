package dev.starling.fusion.core;

import dev.starling.fusion.core.Reference.Look;
import java.util.List;

/**
 * How well a picture looks as it is said to. 0 when it does, down to -5.5 or so when it does not; a
 * picture of which no descriptors are known is somewhere between. Pure.
 */
final class Appearance {
  private static final double UNKNOWN = -3.2;
  private static final double MISFIT = -5.5;

  /** A quarter of a picture in its colour is what one calls it by. */
  private static final double ENOUGH = 0.25;

  private Appearance() {}

  /** How well it is called by a colour, a basic term. */
  static double color(Content.Image image, String color) {
    boolean said = ContentMatch.byWords(List.of(color), image) == 1;
    Content.Descriptors pixels = image.descriptors();
    if (pixels == null) {
      return said ? 0 : UNKNOWN;
    }
    double share = share(image, color);
    double most = 0;
    boolean neutral = Colors.NEUTRAL.contains(color);
    for (Content.Color one : pixels.colors()) {
      boolean counts = neutral || !Colors.NEUTRAL.contains(one.name());
      most = counts ? Math.max(most, one.share()) : most;
    }
    double missing = 1 - Math.min(1, share / ENOUGH);
    // One is called by the largest of its colours even when that is not large.
    boolean largest = share > 0.05 && share >= most;
    double fit = (largest ? -2.0 : MISFIT) * missing - (largest ? 0 : 1.2);
    return said ? Math.max(fit, -0.5) : fit;
  }

  /** The share of the picture in a colour, 0..1. */
  static double share(Content.Image image, String color) {
    double share = 0;
    if (image.descriptors() != null) {
      for (Content.Color one : image.descriptors().colors()) {
        share = one.name().equals(color) ? Math.max(share, one.share()) : share;
      }
    }
    return share;
  }

  /** How well it looks like this. */
  static double look(Content.Image image, Look look) {
    boolean labelled =
        look == Look.WIDE && ContentMatch.byWords(List.of("landscape"), image) == 1
            || look == Look.UPRIGHT && ContentMatch.byWords(List.of("portrait"), image) == 1;
    Content.Descriptors pixels = image.descriptors();
    if (labelled || pixels == null) {
      return labelled ? 0 : UNKNOWN;
    }
    return MISFIT
        * switch (look) {
          case DARK -> between(pixels.brightness(), 0.3, 0.55);
          case BRIGHT -> between(-pixels.brightness(), -0.65, -0.42);
          case BLURRY -> between(pixels.sharpness(), 0.35, 0.6);
          case SHARP -> between(-pixels.sharpness(), -0.6, -0.35);
          case UPRIGHT -> pixels.height() > pixels.width() ? 0 : 1;
          case WIDE -> pixels.width() > pixels.height() ? 0 : 1;
          case MONOCHROME -> between(colorful(pixels), 0.05, 0.3);
        };
  }

  /** How much it looks like this, to compare pictures by; -1..1, 0 for what has no degrees. */
  static double degree(Content.Image image, Look look) {
    Content.Descriptors pixels = image.descriptors();
    if (pixels == null) {
      return 0;
    }
    return switch (look) {
      case DARK -> -pixels.brightness();
      case BRIGHT -> pixels.brightness();
      case BLURRY -> -pixels.sharpness();
      case SHARP -> pixels.sharpness();
      default -> 0;
    };
  }

  static boolean isScreenshot(Content.Image image) {
    boolean labelled = ContentMatch.byWords(List.of("screenshot"), image) == 1;
    return labelled || image.descriptors() != null && image.descriptors().screenshot();
  }

  private static double colorful(Content.Descriptors pixels) {
    double share = 0;
    for (Content.Color color : pixels.colors()) {
      share += Colors.NEUTRAL.contains(color.name()) ? 0 : color.share();
    }
    return share;
  }

  /** 0 up to one value, 1 from the other on. */
  static double between(double value, double none, double full) {
    return Math.max(0, Math.min(1, (value - none) / (full - none)));
  }
}
