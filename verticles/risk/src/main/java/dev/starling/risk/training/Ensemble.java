package dev.starling.risk.training;

import java.util.List;

/**
 * Trees whose values add up to a logit. Immutable.
 *
 * @param base the logit without any tree
 */
record Ensemble(float base, List<Tree> trees) {
  Ensemble {
    trees = List.copyOf(trees);
  }

  double probability(float[] row) {
    float logit = base;
    for (Tree tree : trees) {
      logit += tree.value(row);
    }
    return Logistic.of(logit);
  }
}
