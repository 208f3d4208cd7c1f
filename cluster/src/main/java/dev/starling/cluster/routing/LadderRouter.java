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
 * <p>A rung is left for the next one only as far as it must be. When some of the zone's instances
 * are suspect, the part of the calls that the healthy ones cannot be expected to take over goes to
 * other zones; when the target that was chosen is loaded beyond {@link #BUSY} calls, the part that
 * is beyond it does, provided that somebody is less loaded there.
 *
 * <p>Thread-safe: callers read one immutable snapshot, which {@link #update} replaces.
 */
final class LadderRouter implements Router {
  /** Calls in flight to a target from which on it pays to leave the rung. */
  static final int BUSY = 64;

  /**
   * How much more than their usual share the remaining instances of a zone can take: a zone that
   * has lost less than 1 - 1/1.4 = 29 % of its instances keeps all of its calls.
   */
  private static final double OVERPROVISIONING = 1.4;

  /** The rungs above the own node, for one service. */
  private record Rungs(Rung zone, Rung others, Rung lastResort, double zoneShare) {}

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
    if (here != null && here.inFlight() <= BUSY) {
      return here;
    }
    Rungs rungs = byService.get(service);
    if (rungs == null) {
      return here != null ? here : byNode.get(service);
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Target near = rungs.zone.choose(random, avoid);
    if (here != null) {
      return lessLoaded(random, here, near != null ? near : rungs.others.choose(random, avoid));
    }
    boolean stay = near != null && (rungs.zoneShare >= 1 || random.nextDouble() < rungs.zoneShare);
    if (stay && near.inFlight() <= BUSY) {
      return near;
    }
    Target far = rungs.others.choose(random, avoid);
    if (stay) {
      return lessLoaded(random, near, far);
    }
    Target healthy = far != null ? far : near;
    // When nobody is healthy, a suspect is a better bet than a certain refusal.
    return healthy != null ? healthy : rungs.lastResort.choose(random, avoid);
  }

  /** Takes over what the table of peers says now. */
  void update(Collection<Peer> peers) {
    Map<String, Target> nodes = new HashMap<>();
    Map<String, Gathered> gathered = new HashMap<>();
    for (Peer peer : peers) {
      String own = NodeContract.SERVICE_PREFIX + peer.nodeId();
      nodes.put(own, peer.target(own));
      if (peer.beat().state() == Heartbeat.State.JOINING) {
        continue;
      }
      for (Heartbeat.Service service : peer.beat().services()) {
        gathered
            .computeIfAbsent(service.name(), name -> new Gathered())
            .add(peer, service, peer.beat().zone().equals(zone));
      }
    }
    Map<String, Rungs> rungs = new HashMap<>();
    gathered.forEach((service, found) -> rungs.put(service, found.toRungs()));
    byNode = Map.copyOf(nodes);
    byService = Map.copyOf(rungs);
  }

  /** Leaves a busy target with the probability that corresponds to what is beyond {@link #BUSY}. */
  private static Target lessLoaded(ThreadLocalRandom random, Target busy, @Nullable Target other) {
    int load = busy.inFlight();
    if (other == null || other.inFlight() >= load || load <= BUSY) {
      return busy;
    }
    return random.nextInt(load) < BUSY ? busy : other;
  }

  private static final class Gathered {
    private final List<Rung.Candidate> zone = new ArrayList<>();
    private final List<Rung.Candidate> others = new ArrayList<>();
    private final List<Rung.Candidate> lastResort = new ArrayList<>();
    private int zoneInstances;

    void add(Peer peer, Heartbeat.Service service, boolean sameZone) {
      int instances = Math.max(1, service.instances());
      Rung.Candidate candidate = new Rung.Candidate(peer.target(service.name()), instances);
      // A node that drains is not a loss of the zone: it goes in order.
      if (sameZone && peer.state() != PeerState.DRAINING) {
        zoneInstances += instances;
      }
      if (peer.state() != PeerState.SERVING) {
        lastResort.add(candidate);
      } else if (sameZone) {
        zone.add(candidate);
      } else {
        others.add(candidate);
      }
    }

    Rungs toRungs() {
      int healthy = zone.stream().mapToInt(Rung.Candidate::instances).sum();
      double share =
          zoneInstances == 0 ? 0 : Math.min(1, OVERPROVISIONING * healthy / zoneInstances);
      return new Rungs(Rung.of(zone), Rung.of(others), Rung.of(lastResort), share);
    }
  }
}
