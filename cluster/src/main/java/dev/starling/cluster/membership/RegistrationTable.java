package dev.starling.cluster.membership;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the other members said of themselves, and the index from address to the nodes that serve it.
 *
 * <p>One thread at a time may write (the membership thread); any thread may read, without waiting.
 * A reader that looks after a write returned sees that write.
 */
final class RegistrationTable {
  private static final Comparator<RemoteRegistration> BY_NODE =
      Comparator.comparing(RemoteRegistration::nodeId).thenComparing(RemoteRegistration::seq);

  private final Map<String, NodeState> states = new ConcurrentHashMap<>();
  private final Map<String, List<RemoteRegistration>> byAddress = new ConcurrentHashMap<>();

  /**
   * Takes over what {@code nodeId} says of itself, unless a newer state is already here.
   *
   * @return the addresses whose registrations are now different
   */
  Set<String> apply(String nodeId, NodeState state) {
    NodeState held = states.get(nodeId);
    if (held != null && (held.version() > state.version() || held.equals(state))) {
      return Set.of();
    }
    states.put(nodeId, state);
    return reindex(nodeId, held == null ? List.of() : held.registrations(), state.registrations());
  }

  /**
   * Forgets a node that is no longer a member.
   *
   * @return the addresses that it served
   */
  Set<String> remove(String nodeId) {
    NodeState held = states.remove(nodeId);
    return held == null ? Set.of() : reindex(nodeId, held.registrations(), List.of());
  }

  /** The state of a member, if it has announced one. */
  Optional<NodeState> state(String nodeId) {
    return Optional.ofNullable(states.get(nodeId));
  }

  /** The other nodes' registrations on an address, sorted by node id; immutable. */
  List<RemoteRegistration> registrations(String address) {
    return byAddress.getOrDefault(address, List.of());
  }

  /** How many registrations of other nodes there are. */
  int size() {
    return byAddress.values().stream().mapToInt(List::size).sum();
  }

  private Set<String> reindex(String nodeId, List<Registration> before, List<Registration> after) {
    Map<String, Set<Long>> old = seqsByAddress(before);
    Map<String, Set<Long>> now = seqsByAddress(after);
    Set<String> changed = new HashSet<>(old.keySet());
    changed.addAll(now.keySet());
    changed.removeIf(address -> old.getOrDefault(address, Set.of()).equals(now.get(address)));
    for (String address : changed) {
      List<RemoteRegistration> entries = new ArrayList<>(registrations(address));
      entries.removeIf(entry -> entry.nodeId().equals(nodeId));
      now.getOrDefault(address, Set.of())
          .forEach(seq -> entries.add(new RemoteRegistration(nodeId, seq)));
      if (entries.isEmpty()) {
        byAddress.remove(address);
      } else {
        entries.sort(BY_NODE);
        byAddress.put(address, List.copyOf(entries));
      }
    }
    return changed;
  }

  private static Map<String, Set<Long>> seqsByAddress(List<Registration> registrations) {
    Map<String, Set<Long>> seqs = new HashMap<>();
    for (Registration registration : registrations) {
      seqs.computeIfAbsent(registration.address(), a -> new HashSet<>()).add(registration.seq());
    }
    return seqs;
  }
}
