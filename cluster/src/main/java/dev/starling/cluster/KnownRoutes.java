package dev.starling.cluster;

import dev.starling.cluster.config.VerticleLoader;
import dev.starling.policy.match.PolicyRoute;
import java.util.List;

/** The routes of the verticles that were found, whether they run anywhere or not. */
final class KnownRoutes {
  private KnownRoutes() {}

  static List<PolicyRoute> of(VerticleLoader available) {
    return available.names().stream()
        .flatMap(name -> available.prototype(name).operations().stream())
        .map(PolicyRoute::of)
        .toList();
  }
}
