package dev.starling.cluster.routing;

import dev.starling.bus.WireVersions;
import dev.starling.contract.node.Heartbeat;
import java.util.List;

/** Heartbeats as tests need them. */
final class Beats {
  private Beats() {}

  static Heartbeat beat(String nodeId, long sequence) {
    return beat(nodeId, "a", Heartbeat.State.SERVING, sequence, 1);
  }

  static Heartbeat beat(
      String nodeId, String zone, Heartbeat.State state, long sequence, int usersInstances) {
    return new Heartbeat(
        nodeId,
        zone,
        state,
        sequence,
        sequence * 100_000,
        "127.0.0.1",
        7900,
        0,
        0,
        WireVersions.NEWEST,
        "",
        List.of(new Heartbeat.Service("users", usersInstances, 0)));
  }
}
