package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of what is said to be on a picture each of several shows. Meaning is compared: the one
 * whose labels and caption are nearest to what it was called is it, the likelier the nearer it is
 * and the farther all others are ({@link ContentModel}). Pure.
 */
final class ContentShares {
  /** Pictures whose texts are this near show the same kind of thing. */
  private static final double SAME = 0.75;

  private static final double GIVEN = 0.38;

  /** What shares some words with a name is nearer to it. */
  static final double WORDS = 0.15;

  private final ContentModel model;
  private final List<String> content;
  private final String name;
  private final Map<String, float[]> vectors;

  private ContentShares(
      ContentModel model, List<String> content, String name, Map<String, float[]> vectors) {
    this.model = model;
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
      ContentModel model,
      List<String> content,
      String name,
      List<Content.Image> images,
      Map<String, float[]> vectors) {
    return new ContentShares(model, content, name, vectors).of(images);
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
    if (!told && SoftmaxLayer.isEmbedding(wanted)) {
      byMeaning(images, model.turned(wanted), shares);
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
    double likely = model.likelihood().of(near[best], near[best] - next);
    // What is likelier than one to two is enough for a command that is clear otherwise.
    double share = StrictMath.pow(likely, GIVEN);
    for (int i : same) {
      shares.merge(images.get(i).imageId(), share, Math::max);
    }
  }

  private double nearness(Content.Image image, float[] wanted) {
    float[] known = vectors.get(ContentMatch.text(image));
    return SoftmaxLayer.isEmbedding(known) ? cosine(wanted, model.turned(known)) : 0;
  }

  private boolean isAlike(Content.Image one, Content.Image other) {
    String text = ContentMatch.text(one);
    String otherText = ContentMatch.text(other);
    if (text.isEmpty() || otherText.isEmpty()) {
      return false;
    }
    float[] vector = vectors.get(text);
    return text.equals(otherText)
        || vector != null && cosine(vector, vectors.get(otherText)) >= SAME;
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
