package dev.starling.chaos;

import dev.starling.load.LabNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spreads calls over the edges as a load balancer does: it asks each for its readiness every 100 ms
 * and leaves out those that are not ready. Confined to its event loop.
 */
final class Balancer {
  private static final int PROBE_MILLIS = 100;

  private final HttpClientAgent probes;
  private final List<LabNode> edges;
  private final boolean[] ready;
  private final Vertx vertx;
  private final long timer;
  private int next;

  Balancer(Vertx vertx, List<LabNode> edges) {
    this.vertx = vertx;
    this.edges = edges;
    this.ready = new boolean[edges.size()];
    Arrays.fill(ready, true);
    this.probes = vertx.createHttpClient();
    this.timer = vertx.setPeriodic(PROBE_MILLIS, tick -> probe());
  }

  /** The next edge that is ready, other than {@code avoid}; any one when none is. */
  LabNode next(@Nullable LabNode avoid) {
    for (int tried = 0; tried < edges.size(); tried++) {
      next = (next + 1) % edges.size();
      if (ready[next] && edges.get(next) != avoid) {
        return edges.get(next);
      }
    }
    next = (next + 1) % edges.size();
    return edges.get(next);
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  private void probe() {
    for (int i = 0; i < ready.length; i++) {
      int edge = i;
      RequestOptions readyz =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setHost(edges.get(i).host())
              .setPort(edges.get(i).managementPort())
              .setURI("/readyz")
              .setTimeout(1_000);
      probes
          .request(readyz)
          .compose(request -> request.send().compose(answer -> answer.end().map(answer)))
          .onComplete(done -> ready[edge] = done.succeeded() && done.result().statusCode() == 200);
    }
  }
}
