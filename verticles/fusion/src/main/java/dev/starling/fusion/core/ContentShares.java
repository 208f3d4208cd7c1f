package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of what is said to be on a picture each of several shows. Meaning is compared: the one
 * whose labels or caption are nearest to what it was called is it, the likelier the nearer it is
 * and the farther all others are. Pure.
 */
final class ContentShares {
  /*
   * Logistic regression, fitted to the development wording: names of 1,350 pictures, each among
   * three others, and among four of which none is meant. It believes 85 % of those that share no
   * word with what is known of them, and takes 6 % of those that are not there for another.
   */
  private static final double NEAR = 9.0;
  private static final double NEARER = 14.0;
  private static final double BIAS = -5.2;

  /** Pictures whose texts are this near show the same kind of thing. */
  private static final double SAME = 0.75;

  private static final double GIVEN = 0.38;

  /** What shares some words with a name is nearer to it. */
  private static final double WORDS = 0.15;

  private final List<String> content;
  private final String name;
  private final Map<String, float[]> vectors;

  private ContentShares(List<String> content, String name, Map<String, float[]> vectors) {
    this.content = content;
    this.name = name;
    this.vectors = vectors;
  }

  /**
   * For each picture's id its share, 0..1.
   *
   * @param content words of what is on it
   * @param name what it was called, of which there may be a vector
   */
  static Map<String, Double> of(
      List<String> content, String name, List<Content.Image> images, Map<String, float[]> vectors) {
    return new ContentShares(content, name, vectors).of(images);
  }

  private Map<String, Double> of(List<Content.Image> images) {
    Map<String, Double> shares = new TreeMap<>();
    boolean told = false;
    for (Content.Image image : images) {
      double words = ContentMatch.byWords(content, image);
      double seen = ContentMatch.bySight(content, image, vectors);
      shares.put(image.imageId(), Math.max(words, 0.97 * seen));
      told |= words == 1 || seen == 1;
    }
    float[] wanted = vectors.get(name);
    if (!told && wanted != null) {
      byMeaning(images, wanted, shares);
    }
    return shares;
  }

  private void byMeaning(List<Content.Image> images, float[] wanted, Map<String, Double> shares) {
    double[] near = new double[images.size()];
    int best = -1;
    for (int i = 0; i < near.length; i++) {
      Content.Image image = images.get(i);
      near[i] = nearness(image, wanted) + WORDS * ContentMatch.byWords(content, image);
      best = best < 0 || near[i] > near[best] ? i : best;
    }
    if (best < 0) {
      return;
    }
    List<Integer> same = new ArrayList<>();
    double next = 0;
    for (int i = 0; i < near.length; i++) {
      if (i == best || isAlike(images.get(i), images.get(best))) {
        same.add(i);
      } else {
        next = Math.max(next, near[i]);
      }
    }
    double likely =
        1 / (1 + StrictMath.exp(-(NEAR * near[best] + NEARER * (near[best] - next) + BIAS)));
    // What is likelier than one to two is enough for a command that is clear otherwise.
    double share = StrictMath.pow(likely, GIVEN);
    for (int i : same) {
      shares.merge(images.get(i).imageId(), share, Math::max);
    }
  }

  private double nearness(Content.Image image, float[] wanted) {
    double nearest = 0;
    for (String text : ContentMatch.texts(image)) {
      nearest = Math.max(nearest, cosine(wanted, vectors.get(text)));
    }
    return nearest;
  }

  private boolean isAlike(Content.Image one, Content.Image other) {
    for (String text : ContentMatch.texts(one)) {
      for (String otherText : ContentMatch.texts(other)) {
        float[] vector = vectors.get(text);
        if (text.equals(otherText)
            || vector != null && cosine(vector, vectors.get(otherText)) >= SAME) {
          return true;
        }
      }
    }
    return false;
  }

  /** Of vectors of length 1; 0 when one is not there. */
  private static double cosine(float[] a, float @Nullable [] b) {
    if (b == null || a.length != b.length) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
