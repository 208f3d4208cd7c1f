package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import dev.starling.load.User;
import dev.starling.sdk.Rendezvous;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which node decides for a user, as nodes work it out among themselves ({@code FusionOwners}); what
 * each of them has decided is shown beside it. Immutable.
 *
 * @param names of nodes by their ids, in the order of the ids
 */
record Owners(Map<String, String> names) {
  Owners {
    names = new TreeMap<>(names);
  }

  static Owners of(List<LabNode> nodes) {
    Map<String, String> names = new TreeMap<>();
    for (LabNode node : nodes) {
      var cluster = node.cluster();
      if (cluster == null) {
        throw new IllegalStateException(node.name() + " does not say what it sees");
      }
      names.put(cluster.path("self").asText(), node.name());
    }
    return new Owners(names);
  }

  /** The name of the node. */
  String of(User user) {
    UUID id = UUID.fromString(user.id());
    long bits = id.getMostSignificantBits() * 31 + id.getLeastSignificantBits();
    List<String> ids = List.copyOf(names.keySet());
    return names.getOrDefault(Rendezvous.owner(ids, ids.get(0), Rendezvous.mixed(bits)), "");
  }
}
