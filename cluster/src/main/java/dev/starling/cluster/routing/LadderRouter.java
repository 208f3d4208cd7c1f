package dev.starling.cluster.routing;

import dev.starling.bus.LocalInstances;
import dev.starling.bus.Router;
import dev.starling.bus.Target;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.NodeContract;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by a ladder: the caller's loop, its node, its zone, other zones.
 *
 * <p>Thread-safe: callers read one immutable snapshot, which {@link #update} replaces. Within a
 * rung two nodes are drawn with their number of instances as weight, and the one with fewer calls
 * in flight per instance is taken.
 */
final class LadderRouter implements Router {

  /** A node that serves, and how much of the service it has. */
  private record Candidate(Target target, int instances) {}

  /** The rungs above the own node, for one service. */
  private record Rungs(Rung sameZone, Rung otherZones, Rung silent) {}

  private record Rung(Candidate[] candidates, int instances) {
    static Rung of(List<Candidate> candidates) {
      return new Rung(
          candidates.toArray(Candidate[]::new),
          candidates.stream().mapToInt(Candidate::instances).sum());
    }

    @Nullable Target choose(@Nullable String avoid) {
      if (candidates.length == 0) {
        return null;
      }
      if (candidates.length == 1) {
        Target only = candidates[0].target;
        return only.nodeId().equals(avoid) ? null : only;
      }
      ThreadLocalRandom random = ThreadLocalRandom.current();
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

    private @Nullable Candidate draw(ThreadLocalRandom random, @Nullable String avoid) {
      int weight = instances;
      for (Candidate candidate : candidates) {
        if (candidate.target.nodeId().equals(avoid)) {
          weight -= candidate.instances;
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

  private final LocalInstances local;
  private final String zone;
  private volatile Map<String, Rungs> byService = Map.of();
  private volatile Map<String, Target> byNode = Map.of();

  LadderRouter(LocalInstances local, String zone) {
    this.local = local;
    this.zone = zone;
  }

  @Override
  public @Nullable Target select(String service, int callerInstance, @Nullable String avoid) {
    Target here = local.select(service, callerInstance, avoid);
    if (here != null) {
      return here;
    }
    Rungs rungs = byService.get(service);
    if (rungs == null) {
      return service.startsWith(NodeContract.SERVICE_PREFIX)
          ? byNode.get(service.substring(NodeContract.SERVICE_PREFIX.length()))
          : null;
    }
    Target target = rungs.sameZone.choose(avoid);
    if (target == null) {
      target = rungs.otherZones.choose(avoid);
    }
    // When nobody is heard, a silent node is a better bet than a certain refusal.
    return target != null ? target : rungs.silent.choose(avoid);
  }

  /** Takes over what the table of peers says now. */
  void update(Collection<Peer> peers) {
    Map<String, Target> targets = new HashMap<>();
    Map<String, List<List<Candidate>>> candidates = new HashMap<>();
    for (Peer peer : peers) {
      targets.put(peer.beat().nodeId(), peer.target());
      if (peer.beat().state() == Heartbeat.State.JOINING) {
        continue;
      }
      int rung = !peer.wantsCalls() ? 2 : peer.beat().zone().equals(zone) ? 0 : 1;
      for (Heartbeat.Service service : peer.beat().services()) {
        candidates
            .computeIfAbsent(
                service.name(),
                name -> List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()))
            .get(rung)
            .add(new Candidate(peer.target(), Math.max(1, service.instances())));
      }
    }
    Map<String, Rungs> rungs = new HashMap<>();
    candidates.forEach(
        (service, lists) ->
            rungs.put(
                service,
                new Rungs(Rung.of(lists.get(0)), Rung.of(lists.get(1)), Rung.of(lists.get(2)))));
    byNode = Map.copyOf(targets);
    byService = Map.copyOf(rungs);
  }
}
