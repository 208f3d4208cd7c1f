package dev.starling.bus;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The service instances that run on this node, and the lower two rungs of the ladder: the caller's
 * own context first, else the less loaded of two instances drawn at random.
 *
 * <p>Thread-safe; readers never wait. Two random choices keep the longest queue near the average
 * without comparing all of them (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", 2001).
 */
public final class LocalInstances implements Router {
  private static final Target[] NONE = {};

  private final String nodeId;
  private final Map<String, Target[]> byService = new ConcurrentHashMap<>();

  LocalInstances(String nodeId) {
    this.nodeId = nodeId;
  }

  @Override
  public @Nullable Target select(String service, int callerInstance, @Nullable String avoid) {
    Target[] targets = byService.getOrDefault(service, NONE);
    if (targets.length == 0 || nodeId.equals(avoid)) {
      return null;
    }
    for (Target target : targets) {
      if (target.instance() == callerInstance) {
        return target;
      }
    }
    if (targets.length == 1) {
      return targets[0];
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(targets.length);
    int second = random.nextInt(targets.length - 1);
    if (second >= first) {
      second++;
    }
    return targets[first].inFlight() <= targets[second].inFlight()
        ? targets[first]
        : targets[second];
  }

  /** How many instances of each service run here. */
  public SortedMap<String, Integer> counts() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    byService.forEach((service, targets) -> counts.put(service, targets.length));
    return counts;
  }

  /** Calls from this node that its own instances have not answered. */
  public int inFlight() {
    int sum = 0;
    for (Target[] targets : byService.values()) {
      for (Target target : targets) {
        sum += target.inFlight();
      }
    }
    return sum;
  }

  void add(String service, int instance) {
    Target added = Target.instance(nodeId, service, instance);
    byService.merge(
        service,
        new Target[] {added},
        (old, one) -> {
          Target[] grown = Arrays.copyOf(old, old.length + 1);
          grown[old.length] = added;
          return grown;
        });
  }

  void remove(String service, int instance) {
    byService.computeIfPresent(
        service,
        (name, old) -> {
          Target[] rest =
              Arrays.stream(old).filter(t -> t.instance() != instance).toArray(Target[]::new);
          return rest.length == 0 ? null : rest;
        });
  }
}
