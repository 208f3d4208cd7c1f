package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server twice a second whether it is the primary, over connections of its own: those of
 * the pool may all be busy, or all be dead.
 *
 * <p>An attempt that gets no answer keeps its connection until that is known to be broken, so there
 * are {@link PoolSettings#PROBE_CONNECTIONS} at the most, however long an outage lasts.
 */
final class PrimaryProbe {
  private static final Logger log = LoggerFactory.getLogger(PrimaryProbe.class);
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final String SQL = "SELECT pg_is_in_recovery()";

  /** The server lives and has no slot for one more; it says so, which is an answer. */
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final Vertx vertx;
  private final RenewablePool connections;
  private final PrimaryReach reach;
  private final Supplier<Future<Void>> prepareReturn;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean troubled = new AtomicBoolean();
  private final long timer;

  /**
   * @param prepareReturn what to do when the server answers after a loss, before callers are let
   *     through; when it fails it is tried again with the next answer
   */
  PrimaryProbe(
      Vertx vertx,
      RenewablePool connections,
      PrimaryReach reach,
      Supplier<Future<Void>> prepareReturn) {
    this.vertx = vertx;
    this.connections = connections;
    this.reach = reach;
    this.prepareReturn = prepareReturn;
    this.timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> ask());
  }

  /** Stops asking. */
  Future<Void> stop() {
    vertx.cancelTimer(timer);
    return connections.close();
  }

  private void ask() {
    warnOnce();
    if (asking.compareAndSet(false, true)) {
      connections
          .pool()
          .query(SQL)
          .execute()
          .timeout(PoolSettings.PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .onComplete(done -> asking.set(false))
          .onSuccess(this::judge)
          .onFailure(this::judge);
    }
  }

  private void judge(RowSet<Row> rows) {
    if (rows.iterator().next().getBoolean(0)) {
      // Demoted. The name may lead to another server by now, but not over this connection.
      connections.renew(fresh -> Future.succeededFuture());
    } else {
      answered();
    }
  }

  private void judge(Throwable failure) {
    if (failure instanceof PgException refusal
        && TOO_MANY_CONNECTIONS.equals(refusal.getSqlState())) {
      answered();
    } else {
      log.debug("The primary did not answer", failure);
    }
  }

  private void answered() {
    if (reach.isLost(System.nanoTime())) {
      prepareReturn
          .get()
          .onSuccess(ready -> reach.answered(System.nanoTime()))
          .onSuccess(ready -> troubled.set(false))
          .onSuccess(ready -> log.info("PostgreSQL answers again: callers are let through"))
          .onFailure(failure -> log.debug("The primary answers, but is not ready", failure));
    } else {
      reach.answered(System.nanoTime());
    }
  }

  private void warnOnce() {
    long now = System.nanoTime();
    if (reach.isLost(now) && troubled.compareAndSet(false, true)) {
      log.warn(
          "PostgreSQL has not answered as a primary for {} ms: reads and writes are refused",
          reach.silence(now).toMillis());
    }
  }
}
