package dev.starling.edge;

import dev.starling.policy.admission.Backoff;
import dev.starling.policy.decision.Decisions;
import dev.starling.policy.guards.NodeGuards;
import dev.starling.sdk.NodeScope;

/**
 * What the edges of a node enforce its traffic policy with. Thread-safe.
 *
 * @param decisions where refusals are remembered
 * @param backoff when those who are refused at a bulkhead or by a full loop come back
 */
record Enforcement(
    NodeGuards guards,
    Decisions decisions,
    AnswerCaches caches,
    RouteTraffic traffic,
    Backoff backoff) {

  /** That of this node, made by the first of its edges. */
  static Enforcement of(NodeScope node, int cacheBytes) {
    return node.shared(
        "edge:enforcement",
        () -> {
          NodeGuards guards = node.resource(NodeGuards.class);
          RouteTraffic traffic = new RouteTraffic();
          guards.observe(traffic);
          return new Enforcement(
              guards,
              node.resource(Decisions.class),
              new AnswerCaches(node, cacheBytes),
              traffic,
              new Backoff(System.nanoTime()));
        });
  }
}
