package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.ReadReplica;
import dev.starling.postgres.SqlFailure;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A physical database that may hold shards, with its replicas.
 *
 * <p>Thread-safe. Except for the home database it need not be there: while it is away its calls are
 * refused unsent, and what services have for it waits, to be done before it is used again.
 */
public final class ShardDatabase {
  private static final Logger log = LoggerFactory.getLogger(ShardDatabase.class);
  private static final String SCHEMA = "shard_host";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final String LABEL =
      """
      WITH made AS (
        INSERT INTO shard_host.label (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name
      )
      SELECT name FROM made UNION ALL SELECT name FROM shard_host.label""";

  private static final String POSITION = "SELECT pg_current_wal_insert_lsn()::text";

  private final String name;
  private final ShardMigrations migrations;
  private final Function<String, List<Integer>> shardsIn;
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicBoolean catchingUp = new AtomicBoolean();

  /** What could not be done yet, since the server was away. */
  private final Set<ShardMigration> waiting = ConcurrentHashMap.newKeySet();

  /** The end of what is to be done here one after the other. */
  private Future<?> last = Future.succeededFuture();

  private volatile @Nullable Postgres primary;
  private volatile List<ReadReplica> replicas = List.of();

  private ShardDatabase(
      String name, ShardMigrations migrations, Function<String, List<Integer>> shardsIn) {
    this.name = name;
    this.migrations = migrations;
    this.shardsIn = shardsIn;
  }

  /**
   * The database of {@code postgres.uri}, which is there.
   *
   * @param shardsIn the numbers of those that a database of this name holds
   */
  static Future<ShardDatabase> home(
      Postgres home, ShardMigrations migrations, Function<String, List<Integer>> shardsIn) {
    ShardDatabase database = new ShardDatabase(ShardDatabaseConfig.HOME, migrations, shardsIn);
    database.primary = home;
    return database.label(home).map(database);
  }

  /**
   * Another one. Fails with a {@link PostgresException} when it is there and not the one that it is
   * taken for.
   */
  static Future<ShardDatabase> join(
      Vertx vertx,
      String name,
      PostgresConfig config,
      ShardMigrations migrations,
      Function<String, List<Integer>> shardsIn) {
    ShardDatabase database = new ShardDatabase(name, migrations, shardsIn);
    return Postgres.join(vertx, name, config, database::prepare)
        .onSuccess(joined -> database.primary = joined)
        .map(database);
  }

  /** Looks for replicas from now on. */
  void openReplicas(Vertx vertx, List<String> uris, PostgresConfig bounds) {
    List<ReadReplica> opened = new ArrayList<>();
    for (int i = 0; i < uris.size(); i++) {
      PostgresConfig config = bounds.at(uris.get(i)).withPoolSize((bounds.poolSize() + 1) / 2);
      opened.add(ReadReplica.open(vertx, name + "-" + (i + 1), config, primary()));
    }
    replicas = List.copyOf(opened);
  }

  /** Of the configuration. */
  public String name() {
    return name;
  }

  /** Takes every write. */
  public Postgres primary() {
    Postgres joined = primary;
    if (joined == null) {
      throw new IllegalStateException(name + " has not been joined");
    }
    return joined;
  }

  boolean isHome() {
    return name.equals(ShardDatabaseConfig.HOME);
  }

  /** Shows operators whether it and its replicas can be reached. */
  public void bindTo(MeterRegistry meters) {
    if (!isHome()) {
      primary().bindTo(meters, name);
    }
    replicas.forEach(replica -> replica.bindTo(meters, name));
  }

  /** One that is near enough, in turn; null when none is. */
  @Nullable ReadReplica replica(Freshness freshness) {
    List<ReadReplica> all = replicas;
    Position after = freshness.after();
    if (all.isEmpty()
        || freshness.staleness().isZero()
        || (after != null && !after.database().equals(name))) {
      return null;
    }
    int first = turn.getAndIncrement() & Integer.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      ReadReplica candidate = all.get((first + i) % all.size());
      if (candidate.covers(freshness.staleness(), after == null ? 0 : after.lsn())) {
        return candidate;
      }
    }
    return null;
  }

  /** Gives its shards what a service has for them, now or before it is used again. */
  Future<Void> migrate(ShardMigration migration) {
    return inTurn(
        () -> {
          if (isHome()) {
            return run(migration);
          }
          waiting.add(migration);
          return runWaiting()
              .recover(
                  failure -> {
                    if (!Postgres.isAway(failure)) {
                      waiting.remove(migration);
                      return Future.failedFuture(failure);
                    }
                    log.warn("{} gets what {} needs when it is back", name, migration.service());
                    return Future.succeededFuture();
                  });
        });
  }

  /** Does what has waited, if it can be done now. */
  void catchUp() {
    if (!waiting.isEmpty()
        && primary().check().succeeded()
        && catchingUp.compareAndSet(false, true)) {
      inTurn(this::runWaiting)
          .onFailure(failure -> log.warn("{} lacks what services need: {}", name, failure))
          .onComplete(done -> catchingUp.set(false));
    }
  }

  private Future<?> prepare(Postgres joined) {
    return inTurn(
        () -> {
          primary = joined;
          return label(joined)
              .compose(
                  labelled ->
                      Future.join(List.copyOf(waiting).stream().map(this::runOne).toList()));
        });
  }

  private Future<Void> runWaiting() {
    return primary()
        .check()
        .compose(there -> Future.join(List.copyOf(waiting).stream().map(this::runOne).toList()))
        .mapEmpty();
  }

  private Future<Void> runOne(ShardMigration migration) {
    return run(migration).onSuccess(done -> waiting.remove(migration));
  }

  private Future<Void> run(ShardMigration migration) {
    return migrations.run(primary(), shardsIn.apply(name), migration);
  }

  private synchronized Future<Void> inTurn(Supplier<Future<?>> work) {
    Future<Void> mine = last.transform(before -> work.get().<Void>mapEmpty());
    last = mine;
    return mine;
  }

  /** Writes the database's name into it, or compares it with the one that it has. */
  private Future<Void> label(Postgres server) {
    return server
        .migrate(SCHEMA, "classpath:db/shard-host", ShardDatabase.class.getClassLoader())
        .compose(migrated -> readLabel(server))
        .compose(
            rows -> {
              String found = rows.iterator().next().getString(0);
              return found.equals(name)
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new PostgresException(
                          "shards.databases: the uri of %s leads to %s, the database named %s (expected: the uri with which it was named)"
                              .formatted(name, server.endpoint(), found)));
            });
  }

  private Future<RowSet<Row>> readLabel(Postgres server) {
    return askForLabel(server)
        // Once more, since the pool is exchanged when the server was away and is back.
        .recover(
            failure ->
                SqlFailure.classify(failure).kind() == SqlFailure.Kind.UNAVAILABLE
                    ? askForLabel(server)
                    : Future.failedFuture(failure));
  }

  private Future<RowSet<Row>> askForLabel(Postgres server) {
    return server
        .pool()
        .preparedQuery(LABEL)
        .execute(Tuple.of(name))
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The end of its log now: what was committed before this was called comes before it. */
  Future<Position> position(Duration limit) {
    return primary()
        .read(limit, connection -> connection.preparedQuery(POSITION).execute())
        .map(rows -> Position.ofServer(name, rows.iterator().next().getString(0)));
  }

  /** Closes the replicas, and the primary unless it is the home database. */
  Future<Void> close() {
    List<Future<?>> closed = new ArrayList<>();
    replicas.forEach(replica -> closed.add(replica.close()));
    if (!isHome()) {
      closed.add(primary().close());
    }
    return Future.join(closed).mapEmpty();
  }
}
