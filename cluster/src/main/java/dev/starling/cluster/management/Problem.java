package dev.starling.cluster.management;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Writes an error as problem details of RFC 9457, as the public port does. */
final class Problem {
  private Problem() {}

  static void send(RoutingContext request, int status, String detail) {
    send(request, status, detail, new JsonObject());
  }

  /**
   * @param more further members of the problem
   */
  static void send(RoutingContext request, int status, String detail, JsonObject more) {
    if (request.response().ended()) {
      return;
    }
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status);
    if (!detail.isEmpty()) {
      problem.put("detail", detail);
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/problem+json")
        .putHeader("cache-control", "no-store")
        .end(problem.mergeIn(more).toBuffer());
  }
}
