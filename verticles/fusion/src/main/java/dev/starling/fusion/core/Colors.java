package dev.starling.fusion.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Colour words, and the basic terms that descriptors use for them. Pure. */
final class Colors {
  static final Set<String> NEUTRAL = Set.of("black", "white", "gray");

  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("black", "black"),
          Map.entry("blackish", "black"),
          Map.entry("white", "white"),
          Map.entry("whitish", "white"),
          Map.entry("gray", "gray"),
          Map.entry("grayish", "gray"),
          Map.entry("silver", "gray"),
          Map.entry("red", "red"),
          Map.entry("reddish", "red"),
          Map.entry("crimson", "red"),
          Map.entry("scarlet", "red"),
          Map.entry("maroon", "red"),
          Map.entry("ruby", "red"),
          Map.entry("orange", "orange"),
          Map.entry("orangey", "orange"),
          Map.entry("amber", "orange"),
          Map.entry("yellow", "yellow"),
          Map.entry("yellowish", "yellow"),
          Map.entry("golden", "yellow"),
          Map.entry("green", "green"),
          Map.entry("greenish", "green"),
          Map.entry("lime", "green"),
          Map.entry("olive", "green"),
          Map.entry("emerald", "green"),
          Map.entry("cyan", "cyan"),
          Map.entry("turquoise", "cyan"),
          Map.entry("teal", "cyan"),
          Map.entry("aqua", "cyan"),
          Map.entry("blue", "blue"),
          Map.entry("bluish", "blue"),
          Map.entry("blueish", "blue"),
          Map.entry("navy", "blue"),
          Map.entry("azure", "blue"),
          Map.entry("purple", "purple"),
          Map.entry("purplish", "purple"),
          Map.entry("violet", "purple"),
          Map.entry("lilac", "purple"),
          Map.entry("lavender", "purple"),
          Map.entry("magenta", "pink"),
          Map.entry("pink", "pink"),
          Map.entry("pinkish", "pink"),
          Map.entry("brown", "brown"),
          Map.entry("brownish", "brown"),
          Map.entry("beige", "brown"),
          Map.entry("sepia", "brown"),
          Map.entry("auburn", "brown"),
          Map.entry("khaki", "brown"),
          Map.entry("burgundy", "red"),
          Map.entry("tangerine", "orange"),
          Map.entry("indigo", "blue"),
          Map.entry("cobalt", "blue"),
          Map.entry("sapphire", "blue"),
          Map.entry("mauve", "purple"),
          Map.entry("fuchsia", "pink"),
          Map.entry("ivory", "white"),
          Map.entry("ebony", "black"),
          Map.entry("charcoal", "gray"),
          Map.entry("tan", "brown"));

  /** Which are made others of: "greenish", "browny", "blues". */
  private static final Map<String, String> BASIC =
      Map.ofEntries(
          Map.entry("red", "red"),
          Map.entry("orange", "orange"),
          Map.entry("yellow", "yellow"),
          Map.entry("green", "green"),
          Map.entry("blue", "blue"),
          Map.entry("purple", "purple"),
          Map.entry("pink", "pink"),
          Map.entry("brown", "brown"),
          Map.entry("gray", "gray"),
          Map.entry("grey", "gray"),
          Map.entry("white", "white"),
          Map.entry("black", "black"),
          Map.entry("violet", "purple"),
          Map.entry("turquois", "cyan"));

  /** What makes "like that colour" of a colour. */
  private static final List<String> ENDINGS = List.of("dish", "nish", "ish", "y", "s");

  private Colors() {}

  /** The basic term of a colour word; null for other words. */
  static @Nullable String named(String word) {
    String named = NAMED.get(word);
    for (String ending : ENDINGS) {
      int stem = word.length() - ending.length();
      if (named == null && stem >= 3 && word.endsWith(ending)) {
        named = BASIC.get(word.substring(0, stem));
      }
    }
    return named;
  }

  /**
   * What is salient in a picture: its largest colour that is not neutral, or its largest when all
   * are. As {@code #rrggbb}; null when it has no colours.
   */
  static @Nullable String salient(Content.Image image) {
    Content.Descriptors descriptors = image.descriptors();
    if (descriptors == null || descriptors.colors().isEmpty()) {
      return null;
    }
    Content.Color best = null;
    for (Content.Color color : descriptors.colors()) {
      boolean better =
          best == null
              || rank(color) > rank(best)
              || rank(color) == rank(best) && color.share() > best.share();
      best = better ? color : best;
    }
    String digits = Integer.toHexString(best.rgb() & 0xffffff);
    return "#" + "0".repeat(6 - digits.length()) + digits;
  }

  private static int rank(Content.Color color) {
    return NEUTRAL.contains(color.name()) ? 0 : 1;
  }
}
