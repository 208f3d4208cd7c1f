package dev.starling.postgres;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks twice a second whether the embedded server runs, so that a killed one is back in a second.
 */
final class ServerWatch {
  private static final Logger log = LoggerFactory.getLogger(ServerWatch.class);
  private static final long PERIOD_MILLIS = 500;

  private final Vertx vertx;
  private final WorkerExecutor worker;
  private final DatabaseServer server;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean troubled = new AtomicBoolean();
  private final long timer;
  private volatile boolean stopped;

  ServerWatch(Vertx vertx, WorkerExecutor worker, DatabaseServer server) {
    this.vertx = vertx;
    this.worker = worker;
    this.server = server;
    this.timer =
        server instanceof DatabaseServer.Embedded
            ? vertx.setPeriodic(PERIOD_MILLIS, id -> ask())
            : -1;
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
  }

  private void ask() {
    if (asking.compareAndSet(false, true)) {
      worker
          .executeBlocking(server::ensureRunning, false)
          .onComplete(done -> asking.set(false))
          .onSuccess(this::report)
          .onFailure(failure -> trouble("PostgreSQL is down: " + failure.getMessage()));
    }
  }

  private void report(EmbeddedPostgres.ServerState state) {
    if (state == EmbeddedPostgres.ServerState.UNRESPONSIVE) {
      trouble("PostgreSQL does not answer, though its process lives");
    } else if (troubled.compareAndSet(true, false)) {
      log.info("PostgreSQL answers again");
    }
  }

  /** Said once per trouble, not twice a second. */
  private void trouble(String message) {
    if (!stopped && troubled.compareAndSet(false, true)) {
      log.error(message);
    }
  }
}
