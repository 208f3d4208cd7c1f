package dev.starling.cluster.management;

import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The connections of the management port: bounded in number, and closed when no whole request came
 * on them for a while, even if bytes trickle in. Confined to its event loop.
 */
final class OperatorConnections {
  /** Operators and scrapers are few. */
  private static final int MAX_OPEN = 128;

  static final Duration QUIET = Duration.ofSeconds(30);

  private static final class Use {
    long quietSinceNanos;
    int inProgress;
  }

  private final Map<HttpConnection, Use> open = new IdentityHashMap<>();
  private final LongSupplier nanoTime;

  OperatorConnections(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void opened(HttpConnection connection) {
    if (open.size() >= MAX_OPEN) {
      connection.close();
      return;
    }
    Use use = new Use();
    use.quietSinceNanos = nanoTime.getAsLong();
    open.put(connection, use);
    connection.closeHandler(closed -> open.remove(connection));
  }

  /** The first handler of each request. */
  void requested(RoutingContext request) {
    Use use = open.get(request.request().connection());
    if (use != null) {
      use.inProgress++;
      request.addEndHandler(
          ended -> {
            use.inProgress--;
            use.quietSinceNanos = nanoTime.getAsLong();
          });
    }
    request.next();
  }

  void sweep() {
    long now = nanoTime.getAsLong();
    List<HttpConnection> quiet = new ArrayList<>();
    open.forEach(
        (connection, use) -> {
          if (use.inProgress == 0 && now - use.quietSinceNanos > QUIET.toNanos()) {
            quiet.add(connection);
          }
        });
    quiet.forEach(HttpConnection::close);
  }
}
