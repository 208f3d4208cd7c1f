package dev.starling.cluster.routing;

import dev.starling.bus.Target;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one rung that serve a service. Immutable.
 *
 * <p>Two different ones are drawn with their number of instances as weight, and the one with fewer
 * calls in flight per instance is taken. So a node that answers nothing, and keeps all that it
 * gets, is hardly chosen any more after a few calls, long before anybody knows what is wrong with
 * it.
 */
record Rung(Candidate[] candidates, int instances) {

  /** A node, and how much of the service it has. */
  record Candidate(Target target, int instances) {}

  static Rung of(List<Candidate> candidates) {
    return new Rung(
        candidates.toArray(Candidate[]::new),
        candidates.stream().mapToInt(Candidate::instances).sum());
  }

  /**
   * @param avoid a node that is not to be taken; null for none
   */
  @Nullable Target choose(RandomGenerator random, @Nullable String avoid) {
    int avoided = avoid == null ? -1 : indexOf(avoid);
    int first = draw(random, avoided, -1);
    if (first < 0) {
      return null;
    }
    int second = draw(random, avoided, first);
    return second < 0 || isAtMostAsLoaded(first, second)
        ? candidates[first].target
        : candidates[second].target;
  }

  private boolean isAtMostAsLoaded(int one, int other) {
    // a/x <= b/y without a division
    return (long) candidates[one].target.inFlight() * candidates[other].instances
        <= (long) candidates[other].target.inFlight() * candidates[one].instances;
  }

  /** The index of a candidate that is neither of two; negative when there is none. */
  private int draw(RandomGenerator random, int not, int nor) {
    int weight = instances - weightOf(not) - weightOf(nor);
    if (weight <= 0) {
      return -1;
    }
    int drawn = random.nextInt(weight);
    for (int i = 0; i < candidates.length; i++) {
      if (i != not && i != nor) {
        drawn -= candidates[i].instances;
        if (drawn < 0) {
          return i;
        }
      }
    }
    return -1;
  }

  private int weightOf(int index) {
    return index < 0 ? 0 : candidates[index].instances;
  }

  private int indexOf(String nodeId) {
    for (int i = 0; i < candidates.length; i++) {
      if (candidates[i].target.nodeId().equals(nodeId)) {
        return i;
      }
    }
    return -1;
  }
}
