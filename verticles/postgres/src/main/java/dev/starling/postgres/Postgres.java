package dev.starling.postgres;

import dev.starling.sdk.CallGuard;
import dev.starling.sdk.CallRefused;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's PostgreSQL: one bounded pool for all its verticles, and the embedded server behind it
 * when no URI names another.
 *
 * <p>Thread-safe; nothing here blocks the caller. Whoever calls {@link #start} closes it. Futures
 * of {@link #read}, {@link #write} and {@link #transact} complete within their limit and fail with
 * a {@link SqlException}, or with whatever the given work failed with itself. While the primary has
 * not answered for two seconds, and when a {@link CallGuard} refuses, they fail at once, as {@code
 * UNAVAILABLE}: nothing was sent.
 */
public final class Postgres {
  private static final Logger log = LoggerFactory.getLogger(Postgres.class);
  private static final String NAME = "PostgreSQL";
  private static final String WORKER = "starling-postgres";
  private static final long WARM_LIMIT_SECONDS = 10;
  private static final long CLOSE_LIMIT_SECONDS = 5;
  private static final double MILLIS_PER_SECOND = 1_000;
  private static final int WORKER_THREADS = 4;
  private static final long WORKER_WARNING_MINUTES = 5;

  /** About as many as the verticles of one node ask for at once when they start. */
  private static final int FIRST_CONNECTIONS = 8;

  /** During an exchange of the pool there are twice as many as it may have. */
  private static final int REMEMBERED_PER_CONNECTION = 4;

  /** Each waits as long as callers do; together some seconds. */
  private static final int FIRST_ATTEMPTS = 20;

  private final Vertx vertx;
  private final String name;
  private final WorkerExecutor worker;
  private final PostgresConfig config;
  private final DatabaseServer server;
  private final RenewablePool pool;
  private final StatementTimeouts timeouts;
  private final PrimaryReach reach;
  private final PrimaryProbe probe;
  private final ServerWatch watch;
  private final Function<Postgres, Future<?>> beforeUse;
  private final AtomicBoolean preparing = new AtomicBoolean();
  private volatile String trouble = "";
  private volatile CallGuard guard = CallGuard.OPEN;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Promise<Void> closed = Promise.promise();

  private Postgres(
      Vertx vertx,
      String name,
      WorkerExecutor worker,
      PostgresConfig config,
      DatabaseServer server,
      PrimaryReach reach,
      Function<Postgres, Future<?>> beforeUse) {
    this.vertx = vertx;
    this.name = name;
    this.worker = worker;
    this.config = config;
    this.server = server;
    this.reach = reach;
    this.beforeUse = beforeUse;
    this.pool = pool(PoolSettings.pool(config), PoolSettings.transport(config));
    this.timeouts =
        new StatementTimeouts(
            config.statementTimeout(), REMEMBERED_PER_CONNECTION * config.poolSize());
    this.probe =
        new PrimaryProbe(
            vertx,
            name,
            pool(PoolSettings.probePool(), PoolSettings.probeTransport()),
            reach,
            this::comeBack);
    this.watch = new ServerWatch(vertx, worker, server);
  }

  private RenewablePool pool(PoolOptions bounds, NetClientOptions transport) {
    return new RenewablePool(
        () ->
            PgBuilder.pool()
                .with(bounds)
                .with(transport)
                .connectingTo(() -> Future.succeededFuture(settings()))
                .using(vertx)
                .build());
  }

  /**
   * Starts or attaches to the embedded server, or checks the one that the config names, and opens
   * the pool.
   *
   * <p>Fails with a {@link PostgresException} of one line when the server cannot be reached, or
   * could lose a commit that it answered.
   *
   * @param dataDirectory shared by the nodes of one host; unused when the config names a server
   */
  public static Future<Postgres> start(Vertx vertx, Path dataDirectory, PostgresConfig config) {
    WorkerExecutor worker =
        vertx.createSharedWorkerExecutor(
            WORKER, WORKER_THREADS, WORKER_WARNING_MINUTES, TimeUnit.MINUTES);
    return worker
        .executeBlocking(() -> DatabaseServer.open(dataDirectory, config), false)
        .onFailure(failure -> worker.close())
        .map(
            server ->
                new Postgres(
                    vertx,
                    NAME,
                    worker,
                    config,
                    server,
                    new PrimaryReach(System.nanoTime()),
                    ready -> Future.succeededFuture()))
        .compose(Postgres::warm)
        .compose(Postgres::fill);
  }

  /**
   * Uses a server that need not be there yet. Until it is, and whenever it was away, its calls are
   * refused as in an outage.
   *
   * <p>Fails with a {@link PostgresException} of one line when it is there and cannot be used.
   *
   * @param name for the log and for messages
   * @param config names a server
   * @param beforeUse what to do each time that it is there, before anybody is let in; it uses
   *     {@link #pool} and {@link #migrate}, before which nothing stands
   */
  public static Future<Postgres> join(
      Vertx vertx, String name, PostgresConfig config, Function<Postgres, Future<?>> beforeUse) {
    WorkerExecutor worker =
        vertx.createSharedWorkerExecutor(
            WORKER, WORKER_THREADS, WORKER_WARNING_MINUTES, TimeUnit.MINUTES);
    Postgres joined =
        new Postgres(
            vertx,
            NAME + " " + name,
            worker,
            config,
            new DatabaseServer.External(PostgresEndpoint.parse(config.uri())),
            PrimaryReach.lost(System.nanoTime()),
            beforeUse);
    return joined
        .comeBack()
        .onSuccess(ready -> joined.reach.answered(System.nanoTime()))
        .map(joined)
        .recover(
            failure ->
                isAway(failure)
                    ? Future.succeededFuture(joined)
                    : joined.close().transform(closed -> Future.failedFuture(failure)));
  }

  /** Whether a failure says that the server is not there, rather than what is wrong with it. */
  public static boolean isAway(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      SqlFailure known = SqlFailure.classify(cause);
      if (known.sqlState().startsWith("28") || known.sqlState().equals("3D000")) {
        return false;
      }
      switch (known.kind()) {
        case UNAVAILABLE, UNKNOWN_OUTCOME, TIMEOUT -> {
          return true;
        }
        case UNIQUE_VIOLATION, CHECK_VIOLATION, SERIALIZATION, OTHER -> {}
      }
    }
    return false;
  }

  /** Makes everything ready for callers, who are not let in yet. */
  private Future<Void> comeBack() {
    if (!preparing.compareAndSet(false, true)) {
      return Future.failedFuture("it is being made ready already");
    }
    return worker
        .executeBlocking(this::checkServer, false)
        .compose(checked -> pool.renew(this::fill))
        .compose(filled -> beforeUse.apply(this))
        .<Void>mapEmpty()
        .onSuccess(ready -> trouble = "")
        .onFailure(this::tellTrouble)
        .onComplete(done -> preparing.set(false));
  }

  private Void checkServer() {
    if (server instanceof DatabaseServer.External external) {
      try {
        external.check(config);
      } catch (SQLException e) {
        throw new PostgresException(server.endpoint() + ": " + e.getMessage(), e);
      }
    }
    return null;
  }

  /** Once for each reason. */
  private void tellTrouble(Throwable failure) {
    String reason = String.valueOf(failure.getMessage());
    if (!reason.equals(trouble)) {
      trouble = reason;
      log.warn("{} cannot be used, and is tried again: {}", name, reason);
    }
  }

  /**
   * Opens a first connection with seconds to spare: it loads the classes of the client and of
   * SCRAM, for which a first caller's wait would be too short.
   */
  private Future<Postgres> warm() {
    return PgConnection.connect(vertx, settings())
        .timeout(WARM_LIMIT_SECONDS, TimeUnit.SECONDS)
        .compose(PgConnection::close)
        .map(this)
        .recover(failure -> close().transform(closed -> Future.failedFuture(failure)));
  }

  private PgConnectOptions settings() {
    return PoolSettings.connection(config, server.endpoint());
  }

  private Future<Postgres> fill() {
    return fill(pool()).map(this).recover(failure -> close().transform(closed -> failed(failure)));
  }

  /** Opens the connections that verticles ask for at once, when they start or after an outage. */
  private Future<?> fill(Pool empty) {
    List<Future<?>> first = new ArrayList<>();
    for (int i = 0; i < Math.min(FIRST_CONNECTIONS, config.poolSize()); i++) {
      first.add(connect(empty, FIRST_ATTEMPTS));
    }
    return Future.all(first);
  }

  private Future<?> connect(Pool empty, int attempts) {
    return empty
        .query("SELECT 1")
        .execute()
        .recover(
            failure -> attempts > 1 ? connect(empty, attempts - 1).mapEmpty() : failed(failure));
  }

  private static <T> Future<T> failed(Throwable failure) {
    SqlFailure cause = SqlFailure.classify(failure);
    return Future.failedFuture(new PostgresException(cause.message(), failure));
  }

  /** Where the server is now. */
  public PostgresEndpoint endpoint() {
    return server.endpoint();
  }

  /**
   * The pool itself, for what the methods below do not cover. Do not keep it, since it is exchanged
   * when the server comes back from an outage, and do not close it. Its connections have the {@code
   * statement_timeout} of whoever used them last.
   */
  public Pool pool() {
    return pool.pool();
  }

  /** A connection for one who uses it for long and closes it; no guard stands before it. */
  public Future<SqlConnection> connect() {
    return pool().getConnection().onSuccess(timeouts::unbound);
  }

  /** Succeeds when the primary has answered lately, else says for how long it has not. */
  public Future<Void> check() {
    long now = System.nanoTime();
    return reach.isLost(now)
        ? Future.failedFuture(new SqlException(unreachable(now), null))
        : Future.succeededFuture();
  }

  /**
   * Shows operators whether the primary can be reached.
   *
   * @param database which of the databases of a node this is
   */
  public void bindTo(MeterRegistry meters, String database) {
    Gauge.builder("postgres.primary.reachable", reach, r -> r.isLost(System.nanoTime()) ? 0 : 1)
        .description("1 while the primary answers; with 0 reads and writes are refused")
        .tag("database", database)
        .register(meters);
    Gauge.builder(
            "postgres.primary.silence",
            reach,
            r -> r.silence(System.nanoTime()).toMillis() / MILLIS_PER_SECOND)
        .description("How long ago the primary last answered a probe")
        .tag("database", database)
        .baseUnit("seconds")
        .register(meters);
  }

  /** Tells somebody twice a second how far the log of the primary has come. */
  void onLogSample(Consumer<LogSample> sampler) {
    probe.onLogSample(sampler);
  }

  /** Puts a guard before {@link #read}, {@link #write} and {@link #transact}. */
  public void guardedBy(CallGuard newGuard) {
    guard = newGuard;
  }

  /** Runs statements that change nothing. */
  public <T> Future<T> read(Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(UnitOfWork.Mode.READ, limit, work);
  }

  /** Runs one statement that commits by itself. */
  public <T> Future<T> write(Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(UnitOfWork.Mode.WRITE, limit, work);
  }

  /** Runs statements in a transaction; commits when the work succeeds, else rolls back. */
  public <T> Future<T> transact(Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(UnitOfWork.Mode.TRANSACTION, limit, work);
  }

  private <T> Future<T> run(
      UnitOfWork.Mode mode, Duration limit, Function<SqlConnection, Future<T>> work) {
    // An outage is known without asking: it neither takes room nor trips a breaker once more.
    return check()
        .compose(
            reachable ->
                guard.run(limit, left -> UnitOfWork.run(vertx, pool(), mode, left, timeouts, work)))
        .recover(Postgres::unavailable);
  }

  /** What was not sent for want of a guard's leave has changed nothing. */
  private static <T> Future<T> unavailable(Throwable failure) {
    return Future.failedFuture(
        failure instanceof CallRefused
            ? new SqlException(
                new SqlFailure(
                    SqlFailure.Kind.UNAVAILABLE, "", "", String.valueOf(failure.getMessage())),
                failure)
            : failure);
  }

  private SqlFailure unreachable(long nowNanos) {
    String message =
        "no answer from "
            + endpoint()
            + " for "
            + reach.silence(nowNanos).toMillis()
            + " ms"
            + (trouble.isEmpty() ? "" : ": " + trouble);
    return new SqlFailure(SqlFailure.Kind.UNAVAILABLE, "", "", message);
  }

  /** Runs {@link Migrations} off the event loop. */
  public Future<Migrations.Migrated> migrate(
      String schema, String location, ClassLoader classLoader) {
    return worker.executeBlocking(
        () -> Migrations.run(endpoint(), schema, location, classLoader), false);
  }

  /**
   * Closes the pool, then lets go of the embedded server; the last node stops it. Statements that
   * run get five seconds to end.
   */
  public Future<Void> close() {
    if (closing.compareAndSet(false, true)) {
      watch.stop();
      Future.join(probe.stop(), pool.close())
          .<Void>mapEmpty()
          .timeout(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)
          .onFailure(late -> log.warn("closing while statements run: {}", late.getMessage()))
          .otherwiseEmpty()
          .eventually(() -> worker.executeBlocking(server::release, false))
          .eventually(worker::close)
          .onComplete(closed);
    }
    return closed.future();
  }
}
