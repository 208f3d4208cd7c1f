package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the shards of databases up to date without blocking anybody. Thread-safe; whoever makes one
 * closes it.
 *
 * <p>Nearly always there is nothing to do. Two queries on a connection that is open anyway find
 * that out for all shards of a database at once.
 */
final class ShardMigrations {
  private static final String WORKER = "starling-shard-migrations";
  private static final int AT_ONCE = 4;
  private static final long WORKER_WARNING_MINUTES = 5;
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(10);

  private final WorkerExecutor worker;

  ShardMigrations(Vertx vertx) {
    this.worker =
        vertx.createSharedWorkerExecutor(WORKER, AT_ONCE, WORKER_WARNING_MINUTES, TimeUnit.MINUTES);
  }

  Future<Void> run(Postgres database, List<Integer> shards, ShardMigration migration) {
    if (shards.isEmpty()) {
      return Future.succeededFuture();
    }
    return worker
        .executeBlocking(() -> ShardScripts.of(migration), false)
        .compose(scripts -> run(database, shards, migration, scripts));
  }

  private Future<Void> run(
      Postgres database,
      List<Integer> shards,
      ShardMigration migration,
      Optional<ShardScripts> scripts) {
    Future<Boolean> upToDate =
        scripts.isEmpty()
            ? Future.succeededFuture(false)
            : areUpToDate(database, shards, migration, scripts.get().marks())
                // No connection, perhaps: whoever does it has one of its own.
                .otherwise(false);
    return upToDate.compose(
        nothingToDo ->
            nothingToDo
                ? Future.succeededFuture()
                : worker.executeBlocking(
                    () -> {
                      new ShardSchemas(database.endpoint(), migration, scripts)
                          .bringUpToDate(shards);
                      return null;
                    },
                    false));
  }

  Future<Void> close() {
    return worker.close();
  }

  private static Future<Boolean> areUpToDate(
      Postgres database, List<Integer> shards, ShardMigration migration, String marks) {
    Tuple which =
        Tuple.of(migration.history())
            .addArrayOfString(shards.stream().map(Shards::schema).toArray(String[]::new));
    // Not through the guard: a database that has just come back is brought up to date before
    // anybody else may use it.
    return database
        .pool()
        .withConnection(
            connection ->
                connection
                    .preparedQuery(ShardHistories.HAVING)
                    .execute(which)
                    .map(ShardMigrations::first)
                    .compose(
                        having ->
                            having.size() < shards.size()
                                ? Future.succeededFuture(false)
                                : connection
                                    .query(ShardHistories.all(having, migration.history()))
                                    .execute()
                                    .map(
                                        rows ->
                                            rows.stream()
                                                .allMatch(row -> marks.equals(row.getString(1))))))
        .timeout(LOOK_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static List<String> first(RowSet<Row> rows) {
    return rows.stream().map(row -> row.getString(0)).toList();
  }
}
