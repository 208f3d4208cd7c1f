package dev.starling.cluster.management;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws decisions of fusion for operators. Confined to the management port's event loop. */
final class FusionRoutes {
  private static final Logger log = LoggerFactory.getLogger(FusionRoutes.class);

  /** No script runs on the page, and nothing is loaded for it. */
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  private final FusionLookup decisions;

  FusionRoutes(FusionLookup decisions) {
    this.decisions = decisions;
  }

  /** The timeline of a decision; without parameters, where they are entered. */
  void page(RoutingContext request) {
    String user = parameter(request, "user");
    String utterance = parameter(request, "utterance");
    if (user.isEmpty() || utterance.isEmpty()) {
      html(request, DecisionPage.form());
      return;
    }
    decisions
        .explain(user, parameter(request, "source"), utterance)
        .onSuccess(
            found -> {
              if (found instanceof FusionLookup.Found.Explained explained) {
                draw(request, explained.json());
              } else if (found instanceof FusionLookup.Found.Absent absent) {
                Problem.send(request, 404, absent.detail());
              } else if (found instanceof FusionLookup.Found.Unknown unknown) {
                Problem.send(request, 503, unknown.detail());
              }
            })
        .onFailure(request::fail);
  }

  private static void draw(RoutingContext request, String json) {
    JsonObject explanation;
    try {
      explanation = new JsonObject(json);
    } catch (DecodeException e) {
      log.error("An explanation is not JSON", e);
      Problem.send(request, 500, "");
      return;
    }
    html(request, DecisionPage.of(explanation));
  }

  private static void html(RoutingContext request, String page) {
    request
        .response()
        .putHeader("content-type", "text/html; charset=utf-8")
        .putHeader("cache-control", "no-store")
        .putHeader(
            "content-security-policy", POLICY + "; form-action 'self'; frame-ancestors 'none'")
        .putHeader("x-content-type-options", "nosniff")
        .end(page);
  }

  private static String parameter(RoutingContext request, String name) {
    String value = request.queryParams().get(name);
    return value == null ? "" : value;
  }
}
