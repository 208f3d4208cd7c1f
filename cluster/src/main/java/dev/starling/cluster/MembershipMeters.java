package dev.starling.cluster;

import dev.starling.cluster.membership.JGroupsClusterManager;
import dev.starling.cluster.membership.MembershipCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Shows what a node knows of the other members, and what went wrong between them. */
final class MembershipMeters {

  private MembershipMeters() {}

  static void register(JGroupsClusterManager membership, MeterRegistry meters) {
    Gauge.builder("cluster.members", membership, cluster -> cluster.getNodes().size())
        .description("Nodes in the cluster's view, this one included")
        .register(meters);
    Gauge.builder("cluster.registrations", membership, JGroupsClusterManager::registrations)
        .description("Addresses that other nodes have registered")
        .register(meters);
    count(membership, meters, "malformed", MembershipCounters::malformed);
    count(membership, meters, "dropped", MembershipCounters::dropped);
    count(membership, meters, "unsent", MembershipCounters::unsent);
  }

  private static void count(
      JGroupsClusterManager membership,
      MeterRegistry meters,
      String reason,
      ToDoubleFunction<MembershipCounters> counter) {
    FunctionCounter.builder(
            "cluster.messages.lost",
            membership,
            cluster -> counter.applyAsDouble(cluster.counters()))
        .tag("reason", reason)
        .description("Messages between members that were lost; each is repaired by itself")
        .register(meters);
  }
}
