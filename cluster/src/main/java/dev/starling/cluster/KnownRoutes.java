package dev.starling.cluster;

import dev.starling.cluster.config.VerticleLoader;
import dev.starling.contract.service.OperationRecord;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.sdk.ServiceVerticle;
import java.util.List;

/**
 * The routes of the verticles that were found, whether they run anywhere or not. A verticle that
 * cannot say what it offers before a node runs it has none here.
 */
final class KnownRoutes {
  private KnownRoutes() {}

  static List<PolicyRoute> of(VerticleLoader available) {
    return available.names().stream()
        .flatMap(name -> operations(available.prototype(name)).stream())
        .map(PolicyRoute::of)
        .toList();
  }

  private static List<OperationRecord> operations(ServiceVerticle verticle) {
    try {
      return verticle.offers();
    } catch (RuntimeException needsANode) {
      return List.of();
    }
  }
}
