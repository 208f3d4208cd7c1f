package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that could be meant, and how likely each is. Immutable.
 *
 * @param scored the likeliest first
 */
record Candidates(List<Scored> scored) {
  /** Below this, what was said does not fit a picture. */
  static final double FITS = -2.5;

  /**
   * A picture with what speaks for it.
   *
   * @param moment that told of it
   * @param fit how well it fits what was said: 0 when it does, negative when it does not
   * @param reasons what spoke for it and against it; they sum to the score
   */
  record Scored(Moment moment, Content.Image image, double fit, Map<String, Double> reasons) {
    double score() {
      double sum = 0;
      for (double reason : new TreeMap<>(reasons).values()) {
        sum += reason;
      }
      return sum;
    }

    Decision.Target target() {
      return Decision.Target.image(image.imageId());
    }
  }

  Candidates {
    List<Scored> sorted = new ArrayList<>(scored);
    sorted.sort(
        Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparing(one -> -one.moment().captured())
            .thenComparing(one -> one.moment().event().key()));
    scored = List.copyOf(sorted);
  }

  @Nullable Scored best() {
    return scored.isEmpty() ? null : scored.get(0);
  }

  /** How likely it is that the best is meant, 0..1. */
  double confidence() {
    if (scored.isEmpty()) {
      return 0;
    }
    double[] scores = new double[scored.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scored.get(i).score();
    }
    double fit = scored.get(0).fit();
    // Something that was not told of may be meant, the likelier the worse this one fits.
    double there = 1 / (1 + StrictMath.exp(-2.2 * (fit - FITS)));
    return Softmax.of(scores)[0] * there;
  }

  /** Those between which a question can choose: at most so many that fit about as well. */
  List<Scored> options(int most) {
    List<Scored> options = new ArrayList<>();
    for (Scored one : scored) {
      boolean close = options.isEmpty() || one.score() > options.get(0).score() - 4;
      if (options.size() < most && close && one.fit() > FITS - 1) {
        options.add(one);
      }
    }
    return options;
  }
}
