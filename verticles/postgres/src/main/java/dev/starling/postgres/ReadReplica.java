package dev.starling.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A streaming replica of a {@link Postgres}, for reads that may be a little behind; a small pool of
 * its own, and twice a second a look at how far it has come.
 *
 * <p>Thread-safe. It need not be there: while it does not answer, is too far behind, was promoted,
 * or has a log that is not its primary's, {@link #covers} is false. Whoever opens one closes it.
 */
public final class ReadReplica {
  private static final Logger log = LoggerFactory.getLogger(ReadReplica.class);
  private static final Duration PERIOD = Duration.ofMillis(500);

  /** So long it is left alone when it failed a read. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final double NANOS_PER_SECOND = 1e9;
  private static final String SQL =
      """
      SELECT CASE WHEN pg_is_in_recovery()
        THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END,
        (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint""";

  private final Vertx vertx;
  private final String name;
  private final PostgresEndpoint endpoint;
  private final RenewablePool pool;
  private final RenewablePool probe;
  private final StatementTimeouts timeouts;
  private final ReplayLag lag = new ReplayLag();
  private final AtomicLong restUntilNanos = new AtomicLong(System.nanoTime());
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean usable = new AtomicBoolean();
  private final long timer;

  private ReadReplica(Vertx vertx, String name, PostgresConfig config) {
    this.vertx = vertx;
    this.name = name;
    this.endpoint = PostgresEndpoint.parse(config.uri());
    this.timeouts = new StatementTimeouts(config.statementTimeout(), 4 * config.poolSize());
    this.pool =
        new RenewablePool(
            () -> open(PoolSettings.pool(config), PoolSettings.transport(config), config));
    this.probe =
        new RenewablePool(
            () -> open(PoolSettings.probePool(), PoolSettings.probeTransport(), config));
    this.timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> ask());
    ask();
  }

  /**
   * Looks for a replica from now on.
   *
   * @param name for metrics and the log
   * @param config where it is, and the bounds of its pool
   * @param primary whose log it replays
   */
  public static ReadReplica open(
      Vertx vertx, String name, PostgresConfig config, Postgres primary) {
    ReadReplica replica = new ReadReplica(vertx, name, config);
    primary.onLogSample(replica.lag::written);
    return replica;
  }

  private Pool open(PoolOptions bounds, NetClientOptions transport, PostgresConfig config) {
    return PgBuilder.pool()
        .with(bounds)
        .with(transport)
        .connectingTo(PoolSettings.connection(config, endpoint))
        .using(vertx)
        .build();
  }

  public String name() {
    return name;
  }

  /**
   * Whether it is to be asked.
   *
   * @param staleness how old what it does not show yet may be
   * @param lsn what it must show in any case, as bytes since the log began
   */
  public boolean covers(Duration staleness, long lsn) {
    long now = System.nanoTime();
    return now - restUntilNanos.get() >= 0 && lag.covers(staleness, lsn, now);
  }

  /** Runs statements that change nothing; fails as {@link Postgres#read} does. */
  public <T> Future<T> read(Duration limit, Function<SqlConnection, Future<T>> work) {
    return UnitOfWork.run(vertx, pool.pool(), UnitOfWork.Mode.READ, limit, timeouts, work)
        .onFailure(this::judge);
  }

  /** Shows operators how far it is behind. */
  public void bindTo(MeterRegistry meters, String database) {
    Gauge.builder("postgres.replica.lag", this, ReadReplica::lagSeconds)
        .description(
            "Age of the oldest part of the log not replayed; NaN when it is no replica now")
        .baseUnit("seconds")
        .tags(Tags.of("database", database, "replica", name))
        .register(meters);
  }

  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return Future.join(pool.close(), probe.close()).mapEmpty();
  }

  private double lagSeconds() {
    Duration behind = lag.lag(System.nanoTime());
    return behind == null ? Double.NaN : behind.toNanos() / NANOS_PER_SECOND;
  }

  private void ask() {
    if (asking.compareAndSet(false, true)) {
      long askedNanos = System.nanoTime();
      probe
          .pool()
          .query(SQL)
          .execute()
          .timeout(PoolSettings.PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .onSuccess(rows -> answered(rows, askedNanos))
          .onFailure(failure -> log.debug("Replica {} did not answer", name, failure))
          .onComplete(
              done -> {
                asking.set(false);
                tell();
              });
    }
  }

  private void answered(RowSet<Row> rows, long askedNanos) {
    Row row = rows.iterator().next();
    Long lsn = row.getLong(0);
    if (lsn == null) {
      // Promoted, or only now becoming a replica. The name may lead to another server by now.
      lag.unknown();
      probe.renew(fresh -> Future.succeededFuture());
    } else {
      lag.replayed(new LogSample(lsn, askedNanos, System.nanoTime()), row.getLong(1));
    }
  }

  /** Says once that it is gone, or back; then with new connections, since the old may be dead. */
  private void tell() {
    boolean now = lag.lag(System.nanoTime()) != null;
    if (usable.compareAndSet(!now, now)) {
      if (now) {
        pool.renew(fresh -> Future.succeededFuture());
        log.info("Replica {} answers", name);
      } else {
        log.warn("Replica {} is no replica of its primary now: the primary is read", name);
      }
    }
  }

  private void judge(Throwable failure) {
    if (failure instanceof SqlException sql) {
      switch (sql.failure().kind()) {
        case UNAVAILABLE, UNKNOWN_OUTCOME -> restUntilNanos.set(System.nanoTime() + REST.toNanos());
        // It answered, or its caller had little time; the probe notices one that is silent.
        case TIMEOUT, UNIQUE_VIOLATION, CHECK_VIOLATION, SERIALIZATION, OTHER -> {}
      }
    }
  }
}
