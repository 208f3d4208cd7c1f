package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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

  /** Likewise, and how far the log has come, when somebody wants to know. */
  private static final String SQL_WITH_LOG =
      """
      SELECT pg_is_in_recovery(), CASE WHEN NOT pg_is_in_recovery()
        THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint END""";

  /** The server lives and has no slot for one more; it says so, which is an answer. */
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final Vertx vertx;
  private final String name;
  private final RenewablePool connections;
  private final PrimaryReach reach;
  private final Supplier<Future<Void>> prepareReturn;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean troubled;
  private final List<Consumer<LogSample>> samplers = new CopyOnWriteArrayList<>();
  private final long timer;

  /**
   * @param name for the log
   * @param prepareReturn what to do when the server answers after a loss, before callers are let
   *     through; when it fails it is tried again with the next answer
   */
  PrimaryProbe(
      Vertx vertx,
      String name,
      RenewablePool connections,
      PrimaryReach reach,
      Supplier<Future<Void>> prepareReturn) {
    this.vertx = vertx;
    this.name = name;
    this.connections = connections;
    this.reach = reach;
    this.prepareReturn = prepareReturn;
    this.troubled = new AtomicBoolean(reach.isLost(System.nanoTime()));
    this.timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> ask());
  }

  /** Tells somebody how far the log is, with each beat, on an event loop. */
  void onLogSample(Consumer<LogSample> sampler) {
    samplers.add(sampler);
  }

  /** Stops asking. */
  Future<Void> stop() {
    vertx.cancelTimer(timer);
    return connections.close();
  }

  private void ask() {
    warnOnce();
    if (asking.compareAndSet(false, true)) {
      long askedNanos = System.nanoTime();
      connections
          .pool()
          .query(samplers.isEmpty() ? SQL : SQL_WITH_LOG)
          .execute()
          .timeout(PoolSettings.PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .onComplete(done -> asking.set(false))
          .onSuccess(rows -> judge(rows.iterator().next(), askedNanos))
          .onFailure(this::judge);
    }
  }

  private void judge(Row row, long askedNanos) {
    if (row.getBoolean(0)) {
      // Demoted. The name may lead to another server by now, but not over this connection.
      connections.renew(fresh -> Future.succeededFuture());
    } else {
      answered();
      if (row.size() > 1) {
        LogSample sample = new LogSample(row.getLong(1), askedNanos, System.nanoTime());
        samplers.forEach(sampler -> sampler.accept(sample));
      }
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
          .onSuccess(ready -> log.info("{} answers again: callers are let through", name))
          .onFailure(failure -> log.debug("The primary answers, but is not ready", failure));
    } else {
      reach.answered(System.nanoTime());
      troubled.set(false);
    }
  }

  private void warnOnce() {
    long now = System.nanoTime();
    if (reach.isLost(now) && troubled.compareAndSet(false, true)) {
      log.warn(
          "{} has not answered as a primary for {} ms: reads and writes are refused",
          name,
          reach.silence(now).toMillis());
    }
  }
}
