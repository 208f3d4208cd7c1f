package dev.starling.vectors;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Members;
import dev.starling.sdk.Rendezvous;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which node has the points of a shard in memory: of those that run the service, the one that
 * {@link Rendezvous} chooses.
 *
 * <p>Thread-safe. Nodes may differ for as long as it takes to notice a change.
 */
final class Owners {
  static final List<Integer> ALL_SHARDS = IntStream.range(0, Shards.COUNT).boxed().toList();

  private final Members members;

  Owners(Members members) {
    this.members = members;
  }

  /** This node's id. */
  String self() {
    return members.self();
  }

  String of(int shard) {
    return choose(members.serving(VectorsContract.SERVICE), members.self(), shard);
  }

  /** The shards that are this node's; none before it is known to run the service. */
  List<Integer> own() {
    return members.serving(VectorsContract.SERVICE).contains(self())
        ? of(ALL_SHARDS).getOrDefault(self(), List.of())
        : List.of();
  }

  /** Shards by their owner. */
  Map<String, List<Integer>> of(Collection<Integer> shards) {
    List<String> nodes = members.serving(VectorsContract.SERVICE);
    Map<String, List<Integer>> byOwner = new LinkedHashMap<>();
    for (int shard : shards) {
      byOwner
          .computeIfAbsent(choose(nodes, members.self(), shard), owner -> new ArrayList<>())
          .add(shard);
    }
    return byOwner;
  }

  /**
   * @param self who it is while nobody is known to run the service
   */
  static String choose(List<String> nodes, String self, int shard) {
    return Rendezvous.owner(nodes, self, shard);
  }

  /** Whether a call failed because the node is gone, so that there is another owner soon. */
  static boolean isLost(Throwable failure) {
    return failure instanceof BusException bus
        && (bus.code() == ErrorCode.UNAVAILABLE || bus.code() == ErrorCode.NODE_LOST);
  }
}
