package dev.starling.imagefeatures.look;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The basic colour terms of English, and cyan: which one a colour is called.
 *
 * <p>A colour is called what the nearest of some examples is called; these are near the centres and
 * the borders of each term. Lightness counts half: a dark red is a red rather than a dark gray.
 *
 * <p>Source: the terms are those of Berlin and Kay, "Basic Color Terms" (1969); most examples are
 * named colours of CSS Color Module Level 4, under the term that their names contain or that people
 * use for them.
 */
enum ColorName {
  BLACK(0x000000, 0x16161a, 0x1c1410, 0x0a1020),
  GRAY(0x3c3c3e, 0x585858, 0x707880, 0x808080, 0x989898, 0xb0b0b0, 0xc8c8c8, 0xa09c94, 0x505a64),
  WHITE(0xffffff, 0xf4f4f4, 0xe9e9e9, 0xfdf5e6, 0xf0f6fa, 0xf8f0f0),
  RED(0xff0000, 0xdc143c, 0xb22222, 0x8b0000, 0xcd3c3c, 0xe03c31, 0xc0392b, 0x6e0a12),
  ORANGE(0xffa500, 0xff8c00, 0xff7f3f, 0xe67e22, 0xff6a1a, 0xf5b060, 0xe8742c),
  YELLOW(0xffff00, 0xffd700, 0xf0e68c, 0xfff176, 0xe6c229, 0xfff3a0, 0xd8c84a, 0xc9b200),
  GREEN(
      0x008000, 0x00ff00, 0x228b22, 0x6b8e23, 0x556b2f, 0x90ee90, 0x3cb371, 0x006400, 0x9acd32,
      0x2e8b57, 0x808000, 0x1e3c1e, 0x8fbc8f, 0xb8e0a0, 0x4a7a3a, 0x7fbf6f),
  CYAN(0x00ffff, 0x40e0d0, 0x20b2aa, 0x008b8b, 0x5fb3b5, 0xafeeee, 0x007a80, 0x00ced1, 0x0f5c60),
  BLUE(
      0x0000ff, 0x000080, 0x1e90ff, 0x4169e1, 0x87ceeb, 0x4682b4, 0xa8d0ec, 0x191970, 0x6495ed,
      0x2c3e80, 0x0b2545, 0x5a78b0, 0x1a5fb4, 0x6fa8dc),
  PURPLE(
      0x800080, 0x8a2be2, 0x4b0082, 0x9370db, 0xba55d3, 0x6a0dad, 0xb48ee0, 0x663399, 0x9b59b6,
      0x3a1250, 0x7a5a90, 0xcbb0ea),
  PINK(
      0xffc0cb, 0xff69b4, 0xff1493, 0xf7a8b8, 0xe75480, 0xdb7093, 0xf8bbd0, 0xff00ff, 0xc71585,
      0xff8fa0, 0xe8a0c0, 0xd8a0b0),
  BROWN(
      0x8b4513, 0xa0522d, 0x654321, 0xc0692e, 0xb87840, 0x5c4033, 0x3e2723, 0xa87860, 0xc8a878,
      0x7b5b3a, 0x4a2c2a, 0x96704e, 0xd2b48c);

  private static final double LIGHTNESS_WEIGHT = 0.5;
  private static final List<ColorName> ALL = List.of(values());

  private final List<Oklab> examples;

  ColorName(int... examples) {
    this.examples = Arrays.stream(examples).mapToObj(Oklab::of).toList();
  }

  static ColorName of(Oklab color) {
    ColorName nearest = BLACK;
    double least = Double.POSITIVE_INFINITY;
    for (ColorName name : ALL) {
      for (Oklab example : name.examples) {
        double distance = distance(color, example);
        if (distance < least) {
          least = distance;
          nearest = name;
        }
      }
    }
    return nearest;
  }

  private static double distance(Oklab one, Oklab other) {
    double lightness = LIGHTNESS_WEIGHT * (one.lightness() - other.lightness());
    double a = one.a() - other.a();
    double b = one.b() - other.b();
    return lightness * lightness + a * a + b * b;
  }

  /** As it is told to others. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
