package dev.starling.risk.training;

import java.util.List;

/**
 * A regression tree; node 0 is its root. Immutable.
 *
 * @param nodes those below a node come after it
 */
record Tree(List<Node> nodes) {
  Tree {
    nodes = List.copyOf(nodes);
  }

  sealed interface Node {}

  /** Goes to {@code left} when the feature is at most the threshold, else to {@code right}. */
  record Split(int feature, float threshold, int left, int right) implements Node {}

  record Leaf(float value) implements Node {}

  float value(float[] row) {
    Node node = nodes.get(0);
    while (node instanceof Split split) {
      node = nodes.get(row[split.feature] <= split.threshold ? split.left : split.right);
    }
    return ((Leaf) node).value;
  }
}
