package dev.starling.cluster.management;

import dev.starling.cluster.management.DecisionLookup.Found;
import dev.starling.cluster.management.DecisionLookup.Listed;
import dev.starling.contract.decision.Decision;
import dev.starling.policy.decision.Decisions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells operators why clients were refused. Confined to the management port's event loop. */
final class DecisionRoutes {
  private static final int DEFAULT_LISTED = 50;

  private final DecisionLookup decisions;

  DecisionRoutes(DecisionLookup decisions) {
    this.decisions = decisions;
  }

  /** The one of an id, whichever node made it. */
  void find(RoutingContext request) {
    String id = request.pathParam("id");
    decisions
        .find(id)
        .onSuccess(
            found -> {
              if (found instanceof Found.Kept kept) {
                request.response().putHeader("cache-control", "no-store");
                request.json(json(kept.decision()));
              } else {
                Problem.send(request, found instanceof Found.NodeSilent ? 503 : 404, why(found));
              }
            })
        .onFailure(request::fail);
  }

  /** The latest ones. */
  void list(RoutingContext request) {
    String scope = request.queryParams().get("scope");
    boolean everywhere = "cluster".equals(scope);
    if (scope != null && !everywhere && !scope.equals("node")) {
      Problem.send(request, 400, "scope: " + scope + " (expected: node or cluster)");
      return;
    }
    int limit = limit(request.queryParams().get("limit"));
    if (limit < 1 || limit > DecisionLookup.MAX_LISTED) {
      Problem.send(
          request,
          400,
          "limit: "
              + request.queryParams().get("limit")
              + " (expected: 1.."
              + DecisionLookup.MAX_LISTED
              + ")");
      return;
    }
    begin(request.queryParams().get("since"))
        .onSuccess(
            since -> {
              if (since.problem() == null) {
                list(request, since.atMillis(), limit, everywhere);
              } else {
                Problem.send(request, 400, since.problem());
              }
            })
        .onFailure(request::fail);
  }

  /**
   * From when on.
   *
   * @param problem what is wrong with it; null when nothing is
   */
  private record Begin(long atMillis, @Nullable String problem) {}

  private Future<Begin> begin(@Nullable String since) {
    if (since == null) {
      return Future.succeededFuture(new Begin(Long.MIN_VALUE, null));
    }
    try {
      return Future.succeededFuture(new Begin(Instant.parse(since).toEpochMilli(), null));
    } catch (DateTimeParseException | ArithmeticException e) {
      return decisions
          .find(since)
          .map(
              found ->
                  found instanceof Found.Kept kept
                      ? new Begin(kept.decision().atMillis(), null)
                      : new Begin(
                          0,
                          "since: "
                              + since
                              + " (expected: an ISO 8601 instant such as"
                              + " 2026-01-31T12:00:00Z, or the id of a decision that is kept)"));
    }
  }

  private void list(RoutingContext request, long atMillis, int limit, boolean everywhere) {
    decisions
        .since(atMillis, limit, everywhere)
        .onSuccess(
            listed -> {
              request.response().putHeader("cache-control", "no-store");
              request.json(json(listed));
            })
        .onFailure(request::fail);
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LISTED;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String why(Found found) {
    if (found instanceof Found.NotKept notKept) {
      return "node %s has no such decision; it keeps its last %d"
          .formatted(notKept.node(), Decisions.CAPACITY);
    } else if (found instanceof Found.NodeGone gone) {
      return "node %s is not in the cluster; what it refused is not known any more"
          .formatted(gone.node());
    } else if (found instanceof Found.NodeSilent silent) {
      return "node %s did not answer; try again".formatted(silent.node());
    }
    return "that is no id of a decision (expected: <node>-<number>-<tag>)";
  }

  private static JsonObject json(Listed listed) {
    JsonArray all = new JsonArray();
    listed.decisions().forEach(decision -> all.add(json(decision)));
    JsonObject body = new JsonObject().put("decisions", all);
    return listed.silent().isEmpty() ? body : body.put("silent", new JsonArray(listed.silent()));
  }

  private static JsonObject json(Decision decision) {
    Decision.Call call = decision.call();
    Decision.Refusal refusal = decision.refusal();
    JsonObject counters = new JsonObject();
    refusal.counters().forEach(counter -> counters.put(counter.name(), number(counter.value())));
    JsonObject json =
        new JsonObject()
            .put("id", decision.id())
            .put("at", Instant.ofEpochMilli(decision.atMillis()).toString())
            .put("node", decision.node())
            .put("kind", refusal.kind().name().toLowerCase(Locale.ROOT))
            .put("status", refusal.status())
            .put("rule", refusal.rule())
            .put("threshold", number(refusal.threshold()))
            .put("observed", number(refusal.observed()))
            .put("retry_after_s", refusal.retryAfterSeconds())
            .put("counters", counters);
    putKnown(json, "route", call.route());
    putKnown(json, "operation", call.operation());
    putKnown(json, "consumer", call.consumer());
    putKnown(json, "address", call.address());
    putKnown(json, "trace_id", call.traceId());
    putKnown(json, "request_id", call.requestId());
    return json;
  }

  private static void putKnown(JsonObject json, String key, String value) {
    if (!value.isEmpty()) {
      json.put(key, value);
    }
  }

  /** Whole numbers without a point; what JSON has no number for as null. */
  private static @Nullable Number number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      return (long) value;
    }
    return Double.isFinite(value) ? value : null;
  }
}
