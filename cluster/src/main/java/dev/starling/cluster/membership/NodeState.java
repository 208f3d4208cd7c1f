package dev.starling.cluster.membership;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that a node says about itself, as of one version.
 *
 * <p>Immutable. The version grows by one with each change and never restarts under the same node
 * id, so of two states of a node the one with the higher version is the truth. Registrations are
 * sorted and distinct, so that equal states have equal bytes on the wire.
 */
record NodeState(long version, Optional<Endpoint> endpoint, List<Registration> registrations) {
  NodeState(long version, Optional<Endpoint> endpoint, Stream<Registration> registrations) {
    this(version, endpoint, registrations.sorted().distinct().toList());
  }

  NodeState {
    registrations = List.copyOf(registrations);
  }
}
