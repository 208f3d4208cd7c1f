package dev.starling.postgres.shards;

import dev.starling.postgres.Migrations;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Migrates the shards of a database, a few at a time, and tells how far it is. Thread-safe. */
final class ShardMigrations {
  private static final Logger log = LoggerFactory.getLogger(ShardMigrations.class);
  private static final String WORKER = "starling-shard-migrations";
  private static final int AT_ONCE = 4;
  private static final int TELL_EACH = 8;
  private static final long WORKER_WARNING_MINUTES = 5;

  private final Vertx vertx;

  ShardMigrations(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<Void> run(
      Postgres database,
      List<Integer> shards,
      String service,
      String location,
      ClassLoader classLoader) {
    PostgresEndpoint endpoint = database.endpoint();
    WorkerExecutor worker =
        vertx.createSharedWorkerExecutor(WORKER, AT_ONCE, WORKER_WARNING_MINUTES, TimeUnit.MINUTES);
    AtomicInteger done = new AtomicInteger();
    AtomicInteger changed = new AtomicInteger();
    List<Future<?>> each = new ArrayList<>();
    for (int shard : shards) {
      each.add(
          worker.executeBlocking(
              () -> {
                Migrations.Migrated migrated =
                    Migrations.runPart(
                        endpoint, Shards.schema(shard), service, location, classLoader);
                changed.addAndGet(Math.min(1, migrated.applied()));
                int finished = done.incrementAndGet();
                if (changed.get() > 0 && finished % TELL_EACH == 0) {
                  log.info("{}: {} of {} shards are up to date", service, finished, shards.size());
                }
                return migrated;
              },
              false));
    }
    return Future.join(each).eventually(worker::close).mapEmpty();
  }
}
