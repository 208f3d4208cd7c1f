package dev.starling.fusion.core;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How well words fit what is known to be on a picture: its labels and its caption, by word, and by
 * meaning when there are embeddings. Pure.
 */
final class ContentMatch {
  /**
   * From here on two short texts mean the same, and below the other one different things: measured
   * with all-MiniLM-L6-v2, "dog" and "puppy" have 0.80, "receipt" and "invoice" 0.60, words at random
   * 0.15 to 0.35.
   */
  private static final double ALIKE = 0.62;

  private static final double UNLIKE = 0.36;

  private static final List<String> ENDINGS = List.of("'s", "ies", "es", "s", "ing", "ed");

  private ContentMatch() {}

  /** How much of the words an image is known to show, 0..1. */
  static double of(List<String> content, Content.Image image, Map<String, float[]> vectors) {
    double lexical = byWords(content, image);
    if (lexical == 1) {
      return 1;
    }
    // Said in other words it fits a little less.
    return Math.max(lexical, 0.97 * byMeaning(content, image, vectors));
  }

  /** The share of the words that are among the labels' and caption's. */
  static double byWords(List<String> content, Content.Image image) {
    Set<String> known = known(image);
    int found = 0;
    for (String word : content) {
      found += known.contains(stem(word)) ? 1 : 0;
    }
    return content.isEmpty() ? 1 : found / (double) content.size();
  }

  private static Set<String> known(Content.Image image) {
    Set<String> known = new HashSet<>();
    for (String text : texts(image)) {
      for (String word : Words.of(text.replace('_', ' '))) {
        known.add(stem(word));
      }
    }
    return known;
  }

  private static double byMeaning(
      List<String> content, Content.Image image, Map<String, float[]> vectors) {
    float[] wanted = vectors.get(String.join(" ", content));
    if (wanted == null) {
      return 0;
    }
    double best = 0;
    for (String text : texts(image)) {
      float[] vector = vectors.get(text);
      if (vector != null && vector.length == wanted.length) {
        best = Math.max(best, cosine(wanted, vector));
      }
    }
    return Math.max(0, Math.min(1, (best - UNLIKE) / (ALIKE - UNLIKE)));
  }

  /** Of vectors of length 1. */
  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** What is said of a picture, in the texts whose embeddings are asked for. */
  static Set<String> texts(Content.Image image) {
    Set<String> texts = new TreeSet<>(image.labels());
    texts.add(image.caption());
    texts.remove("");
    return texts;
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
