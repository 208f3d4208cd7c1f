package dev.starling.fusion.core;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How well words fit what is known to be on a picture: its labels and its caption, by word, and by
 * meaning when there are embeddings. Pure.
 */
final class ContentMatch {

  /**
   * From here on a text is on a picture, and below the other one not: encoders of CLIP's kind keep
   * them far apart.
   */
  private static final double SEEN = 0.28;

  private static final double UNSEEN = 0.2;

  private static final int SPELT_OUT = 5;

  private static final List<String> ENDINGS = List.of("'s", "ies", "es", "s", "ing", "ed");

  private ContentMatch() {}

  /** The share of the words that are among the labels' and caption's. */
  static double byWords(List<String> content, Content.Image image) {
    Set<String> known = known(image);
    int found = 0;
    for (String word : content) {
      found += isKnown(stem(word), known) ? 1 : 0;
    }
    return content.isEmpty() ? 1 : found / (double) content.size();
  }

  /** Long words may be misheard by a letter. */
  private static boolean isKnown(String stem, Set<String> known) {
    if (known.contains(stem)) {
      return true;
    }
    return stem.length() >= SPELT_OUT && known.stream().anyMatch(one -> near(stem, one));
  }

  private static boolean near(String stem, String known) {
    return known.length() >= SPELT_OUT
        && known.charAt(0) == stem.charAt(0)
        && Words.oneApart(stem, known);
  }

  private static Set<String> known(Content.Image image) {
    Set<String> known = new HashSet<>();
    for (String word : Words.of(text(image).replace('_', ' '))) {
      known.add(stem(word));
    }
    return known;
  }

  /** How well a picture's own vector fits them, 0..1; 0 when it has none. */
  static double bySight(List<String> content, Content.Image image, Map<String, float[]> vectors) {
    return bySight(vectors.get(Resolver.PICTURED + String.join(" ", content)), image.vector());
  }

  private static double bySight(float @Nullable [] wanted, float @Nullable [] seen) {
    boolean comparable = wanted != null && seen != null && wanted.length == seen.length;
    return comparable ? between(cosine(wanted, seen), UNSEEN, SEEN) : 0;
  }

  private static double between(double cosine, double none, double full) {
    return Math.max(0, Math.min(1, (cosine - none) / (full - none)));
  }

  /** Of vectors of length 1. */
  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** What is said of a picture, as one text to be embedded; empty when nothing is. */
  static String text(Content.Image image) {
    String labels = String.join(", ", image.labels());
    return image.caption().isEmpty() || labels.isEmpty()
        ? image.caption() + labels
        : image.caption() + ", " + labels;
  }

  /** One form for singular and plural, and for most others. */
  static String stem(String word) {
    for (String ending : ENDINGS) {
      int length = word.length() - ending.length();
      if (word.endsWith(ending) && length >= 3) {
        boolean keeps = ending.equals("s") && word.endsWith("ss");
        if (!keeps) {
          return shortened(word.substring(0, length), ending);
        }
      }
    }
    return word.length() > 3 && (word.endsWith("e") || word.endsWith("y"))
        ? word.substring(0, word.length() - 1)
        : word;
  }

  private static String shortened(String stem, String ending) {
    if (ending.equals("ies")) {
      return stem;
    }
    int last = stem.length() - 1;
    boolean doubled = last > 2 && stem.charAt(last) == stem.charAt(last - 1);
    if (doubled && (ending.equals("ing") || ending.equals("ed"))) {
      return stem.substring(0, last);
    }
    return stem.length() > 3 && (stem.endsWith("e") || stem.endsWith("y"))
        ? stem.substring(0, last)
        : stem;
  }
}
