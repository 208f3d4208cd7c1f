package dev.starling.cluster.routing;

import dev.starling.bus.Target;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one rung that serve a service. Immutable.
 *
 * <p>Two are drawn with their number of instances as weight, and the one with fewer calls in flight
 * per instance is taken.
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
    if (candidates.length == 0) {
      return null;
    }
    if (candidates.length == 1) {
      Target only = candidates[0].target;
      return only.nodeId().equals(avoid) ? null : only;
    }
    Candidate first = draw(random, avoid);
    Candidate second = draw(random, avoid);
    if (first == null || second == null) {
      return null;
    }
    // a/x <= b/y without a division
    long firstLoad = (long) first.target.inFlight() * second.instances;
    long secondLoad = (long) second.target.inFlight() * first.instances;
    return firstLoad <= secondLoad ? first.target : second.target;
  }

  private @Nullable Candidate draw(RandomGenerator random, @Nullable String avoid) {
    int weight = instances;
    if (avoid != null) {
      for (Candidate candidate : candidates) {
        if (candidate.target.nodeId().equals(avoid)) {
          weight -= candidate.instances;
        }
      }
    }
    if (weight <= 0) {
      return null;
    }
    int drawn = random.nextInt(weight);
    for (Candidate candidate : candidates) {
      if (!candidate.target.nodeId().equals(avoid)) {
        drawn -= candidate.instances;
        if (drawn < 0) {
          return candidate;
        }
      }
    }
    return null;
  }
}
