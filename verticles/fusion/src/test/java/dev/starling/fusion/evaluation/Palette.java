package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.evaluation.Values.Paint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Makes the colours of pictures. Confined to one thread. */
final class Palette {
  private static final List<Color> NEUTRAL =
      List.of(
          new Color("gray", 0x8a8a8c, 0),
          new Color("white", 0xf2f2f0, 0),
          new Color("black", 0x161618, 0));

  private final Draw draw;
  private final List<Paint> paints;

  /**
   * @param paints of which pictures are
   */
  Palette(Draw draw, List<Paint> paints) {
    this.draw = draw;
    this.paints = List.copyOf(paints);
  }

  List<Paint> paints() {
    return paints;
  }

  /** Any colour, largest, beside a neutral one and a little of another. */
  List<Color> any() {
    return mostly(draw.of(paints));
  }

  List<Color> mostly(Paint paint) {
    return mixed(paint, draw.between(0.45, 0.65), draw.between(0.15, 0.3));
  }

  /** Mostly neutral, with a colour that is second. */
  List<Color> dull() {
    return mixed(draw.of(paints), draw.between(0.18, 0.28), draw.between(0.5, 0.65));
  }

  /** The little one is of the same colour, or the words for the others would fit it too. */
  private List<Color> mixed(Paint paint, double share, double neutralShare) {
    List<Color> colors = new ArrayList<>();
    colors.add(shade(paint.color(), share));
    colors.add(shade(draw.of(NEUTRAL), neutralShare));
    colors.add(shade(draw.of(paints).color(), draw.between(0.02, 0.05)));
    colors.sort(Comparator.comparingDouble(Color::share).reversed());
    return merged(colors);
  }

  /** A picture has a colour once. */
  private static List<Color> merged(List<Color> colors) {
    List<Color> merged = new ArrayList<>();
    for (Color color : colors) {
      if (merged.stream().noneMatch(other -> other.name().equals(color.name()))) {
        merged.add(color);
      }
    }
    return merged;
  }

  private Color shade(Color color, double share) {
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int value = (color.rgb() >> shift & 0xff) + draw.between(-8, 8);
      rgb |= Math.max(0, Math.min(255, value)) << shift;
    }
    return new Color(color.name(), rgb, Math.round(share * 1000) / 1000.0);
  }
}
