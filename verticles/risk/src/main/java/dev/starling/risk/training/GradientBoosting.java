package dev.starling.risk.training;

import dev.starling.risk.training.Tree.Leaf;
import dev.starling.risk.training.Tree.Node;
import dev.starling.risk.training.Tree.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient-boosted trees for a yes or no: each tree is fitted to what those before it got wrong.
 *
 * <p>Splits and leaves follow second-order boosting with histograms, as in Chen and Guestrin,
 * "XGBoost: A Scalable Tree Boosting System" (2016), equations 5 to 7, without sampling: the same
 * examples give the same trees. It is here, and not a library, because the native ones would make
 * the model depend on the machine that builds it, and the Java ones of the field either cannot be
 * written as ONNX or are under the GPL.
 *
 * <p>Without state of its own; trained on one thread.
 */
final class GradientBoosting {
  /** Pulls leaves with little evidence towards zero. */
  private static final double L2 = 5;

  /** The least evidence in a leaf: the sum of p (1 - p). */
  private static final double MIN_HESSIAN = 3;

  private static final double MIN_GAIN = 1e-6;

  private final int trees;
  private final int depth;
  private final double learningRate;

  GradientBoosting(int trees, int depth, double learningRate) {
    this.trees = trees;
    this.depth = depth;
    this.learningRate = learningRate;
  }

  Ensemble train(float[][] rows, boolean[] risky) {
    Fit fit = new Fit(Bins.of(rows), risky);
    List<Tree> grown = new ArrayList<>();
    for (int i = 0; i < trees; i++) {
      grown.add(fit.next());
    }
    return new Ensemble(fit.base, grown);
  }

  /** A split, and what it gains. */
  private record Choice(int feature, int bin, double gain) {}

  private final class Fit {
    private final Bins bins;
    private final boolean[] risky;
    private final float base;
    private final double[] logits;
    private final double[] gradients;
    private final double[] hessians;

    Fit(Bins bins, boolean[] risky) {
      this.bins = bins;
      this.risky = risky;
      this.base = base(risky);
      this.logits = new double[risky.length];
      this.gradients = new double[risky.length];
      this.hessians = new double[risky.length];
      Arrays.fill(logits, base);
    }

    private static float base(boolean[] risky) {
      int count = 0;
      for (boolean one : risky) {
        count += one ? 1 : 0;
      }
      if (count == 0 || count == risky.length) {
        throw new IllegalArgumentException(
            "examples: %d risky of %d (expected: some of both kinds)"
                .formatted(count, risky.length));
      }
      return (float) StrictMath.log(count / (double) (risky.length - count));
    }

    Tree next() {
      int[] all = new int[risky.length];
      for (int i = 0; i < all.length; i++) {
        double probability = Logistic.of(logits[i]);
        gradients[i] = probability - (risky[i] ? 1 : 0);
        hessians[i] = probability * (1 - probability);
        all[i] = i;
      }
      List<Node> nodes = new ArrayList<>();
      grow(nodes, all, depth);
      return new Tree(nodes);
    }

    /** Adds the node for these examples and all below it; gives its place. */
    private int grow(List<Node> nodes, int[] examples, int levels) {
      double gradient = 0;
      double hessian = 0;
      for (int example : examples) {
        gradient += gradients[example];
        hessian += hessians[example];
      }
      int place = nodes.size();
      Choice choice = levels == 0 ? null : choose(examples, gradient, hessian);
      if (choice == null) {
        float value = (float) (-learningRate * gradient / (hessian + L2));
        nodes.add(new Leaf(value));
        for (int example : examples) {
          logits[example] += value;
        }
        return place;
      }
      nodes.add(new Leaf(0)); // Takes the place until it is known what is below.
      int left = grow(nodes, side(examples, choice, true), levels - 1);
      int right = grow(nodes, side(examples, choice, false), levels - 1);
      float threshold = bins.edge(choice.feature, choice.bin);
      nodes.set(place, new Split(choice.feature, threshold, left, right));
      return place;
    }

    private @Nullable Choice choose(int[] examples, double gradient, double hessian) {
      double before = gradient * gradient / (hessian + L2);
      Choice best = null;
      double[] gradientOf = new double[Bins.MAX];
      double[] hessianOf = new double[Bins.MAX];
      for (int feature = 0; feature < bins.features(); feature++) {
        Arrays.fill(gradientOf, 0);
        Arrays.fill(hessianOf, 0);
        for (int example : examples) {
          int bin = bins.code(feature, example);
          gradientOf[bin] += gradients[example];
          hessianOf[bin] += hessians[example];
        }
        double leftGradient = 0;
        double leftHessian = 0;
        for (int bin = 0; bin < bins.edges(feature); bin++) {
          leftGradient += gradientOf[bin];
          leftHessian += hessianOf[bin];
          double rightGradient = gradient - leftGradient;
          double rightHessian = hessian - leftHessian;
          if (leftHessian < MIN_HESSIAN || rightHessian < MIN_HESSIAN) {
            continue;
          }
          double gain =
              leftGradient * leftGradient / (leftHessian + L2)
                  + rightGradient * rightGradient / (rightHessian + L2)
                  - before;
          // Of two that gain the same the first one is taken.
          if (gain > MIN_GAIN && (best == null || gain > best.gain)) {
            best = new Choice(feature, bin, gain);
          }
        }
      }
      return best;
    }

    private int[] side(int[] examples, Choice choice, boolean left) {
      int[] side = new int[examples.length];
      int count = 0;
      for (int example : examples) {
        if (bins.code(choice.feature, example) <= choice.bin == left) {
          side[count++] = example;
        }
      }
      return Arrays.copyOf(side, count);
    }
  }
}
