package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.SqlFailure.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way to the 32 logical shards, wherever they are.
 *
 * <p>Thread-safe; nothing here blocks the caller. Whoever calls {@link #start} closes it; the home
 * database is not its own. Futures of {@link #read}, {@link #write} and {@link #transact} complete
 * within their limit, on the caller's context, and fail as those of {@link Postgres} do. Work that
 * meets a shard which is being moved is run again at its new place, so it must be without side
 * effects other than its statements.
 */
public final class Shards {
  /** How many there are, for good: a user's shard is a part of where the data is stored. */
  public static final int COUNT = 32;

  private static final Logger log = LoggerFactory.getLogger(Shards.class);

  /** Schema, table or function that is not there: invalid_schema_name, undefined_table, … */
  private static final Set<String> NOT_THERE = Set.of("3F000", "42P01", "42883");

  private static final long LOOK_AGAIN_MILLIS = 20;
  private static final Duration REFRESH = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Postgres home;
  private final PlacementTable table;
  private final Map<String, ShardDatabase> databases;
  private final ShardMigrations migrations;
  private final AtomicReference<Placement> placement;
  private final AtomicReference<@Nullable Future<Placement>> reading = new AtomicReference<>();
  private final long timer;

  private Shards(
      Vertx vertx,
      Postgres home,
      PlacementTable table,
      Map<String, ShardDatabase> databases,
      Placement placement) {
    this.vertx = vertx;
    this.home = home;
    this.table = table;
    this.databases = databases;
    this.migrations = new ShardMigrations(vertx);
    this.placement = new AtomicReference<>(placement);
    this.timer = vertx.setPeriodic(REFRESH.toMillis(), tick -> refresh());
  }

  /** The shard of everything that belongs to a user, from 0. */
  public static int of(UUID owner) {
    // Murmur3's finalizer (public domain, A. Appleby): ids of version 7 differ in few bits.
    long h = owner.getMostSignificantBits() * 31 + owner.getLeastSignificantBits();
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    h ^= h >>> 33;
    return (int) (h & (COUNT - 1));
  }

  /** The schema of a shard, e.g. {@code shard_05}. */
  public static String schema(int shard) {
    return shard < 10 ? "shard_0" + shard : "shard_" + shard;
  }

  /**
   * Connects to every database that the configuration names and finds out where the shards are.
   *
   * <p>Fails with a {@link PostgresException} of one line when one of them cannot be reached, is
   * not the one it is taken for, or a shard is in none of them.
   *
   * @param home has what belongs to no shard, and may hold shards too
   * @param bounds sizes and waits of the pool of each of the other databases
   */
  public static Future<Shards> start(
      Vertx vertx, Postgres home, Path dataDirectory, PostgresConfig bounds, ShardsConfig config) {
    Map<String, ShardDatabase> databases = new LinkedHashMap<>();
    databases.put(ShardDatabaseConfig.HOME, new ShardDatabase(ShardDatabaseConfig.HOME, home));
    List<Future<?>> opened = new ArrayList<>();
    for (ShardDatabaseConfig database : config.databases()) {
      if (!database.isHome()) {
        opened.add(
            Postgres.start(vertx, dataDirectory, bounds.at(database.uri()))
                .onSuccess(
                    primary -> {
                      synchronized (databases) {
                        databases.put(database.name(), new ShardDatabase(database.name(), primary));
                      }
                    }));
      }
    }
    PlacementTable table = new PlacementTable(home);
    return Future.join(opened)
        .compose(all -> Future.join(databases.values().stream().map(ShardDatabase::label).toList()))
        .compose(labelled -> table.prepare(config.initialPlacement()))
        .compose(placement -> checked(placement, databases))
        .map(placement -> new Shards(vertx, home, table, Map.copyOf(databases), placement))
        .recover(failure -> closeAll(databases).transform(done -> Future.failedFuture(failure)));
  }

  private static Future<Placement> checked(
      Placement placement, Map<String, ShardDatabase> databases) {
    for (Map.Entry<String, List<Integer>> held : placement.byDatabase().entrySet()) {
      if (!databases.containsKey(held.getKey())) {
        return Future.failedFuture(
            new PostgresException(
                "shards.databases: %s is missing, which holds shards %s (expected: an entry with its uri)"
                    .formatted(held.getKey(), held.getValue())));
      }
    }
    return Future.succeededFuture(placement);
  }

  /** The database for what belongs to no shard. */
  public Postgres home() {
    return home;
  }

  /** Where the shards are, as far as this node knows. */
  public Placement placement() {
    return placement.get();
  }

  /** Every database that the configuration names, by name. */
  public Map<String, ShardDatabase> databases() {
    return databases;
  }

  /** The database that holds a shard, as far as this node knows. */
  public ShardDatabase database(int shard) {
    ShardDatabase found = databases.get(placement().of(shard).database());
    if (found == null) {
      throw new IllegalStateException(
          "shard " + shard + " is in " + placement().of(shard) + ", which is not configured");
    }
    return found;
  }

  /**
   * Brings every shard's part of a service up to date: the files {@code V1__….sql} below the
   * location, in which {@code ${shard}} stands for the schema.
   *
   * @param service names the history, {@code <shard>.flyway_<service>}
   * @param location {@code classpath:db/<service>}
   */
  public Future<Void> migrate(String service, String location, ClassLoader classLoader) {
    ShardMigration migration = new ShardMigration(service, location, classLoader);
    List<Future<?>> each = new ArrayList<>();
    placement()
        .byDatabase()
        .forEach(
            (name, shards) ->
                each.add(migrations.run(database(shards.get(0)).primary(), shards, migration)));
    return Future.join(each).mapEmpty();
  }

  /** Runs statements that change nothing, on the primary. */
  public <T> Future<T> read(int shard, Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(shard, limit, (database, left) -> database.primary().read(left, work));
  }

  /** Likewise, on a replica that is near enough, or else on the primary. */
  public <T> Future<T> read(
      int shard, Freshness freshness, Duration limit, Function<SqlConnection, Future<T>> work) {
    return read(shard, limit, work);
  }

  /** Runs one statement that commits by itself. */
  public <T> Future<T> write(int shard, Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(shard, limit, (database, left) -> database.primary().write(left, work));
  }

  /**
   * Runs statements in a transaction; commits when the work succeeds, else rolls back. The work may
   * also use other shards that are in the same database now.
   */
  public <T> Future<T> transact(
      int shard, Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(shard, limit, (database, left) -> database.primary().transact(left, work));
  }

  /** What a client must show to see, on any node, what was committed to this shard before now. */
  public Future<Position> position(int shard, Duration limit) {
    return run(shard, limit, ShardDatabase::position);
  }

  private <T> Future<T> run(
      int shard, Duration limit, BiFunction<ShardDatabase, Duration, Future<T>> use) {
    return attempt(shard, System.nanoTime() + limit.toNanos(), limit, use);
  }

  private <T> Future<T> attempt(
      int shard,
      long deadlineNanos,
      Duration left,
      BiFunction<ShardDatabase, Duration, Future<T>> use) {
    long epoch = placement().of(shard).epoch();
    return use.apply(database(shard), left)
        .recover(
            failure ->
                isNotThere(failure)
                    ? awaitMove(shard, epoch, deadlineNanos)
                        .compose(
                            moved ->
                                attempt(
                                    shard,
                                    deadlineNanos,
                                    Duration.ofNanos(deadlineNanos - System.nanoTime()),
                                    use))
                    : Future.failedFuture(failure));
  }

  /** Succeeds when the shard has another place than the one with this epoch. */
  private Future<Void> awaitMove(int shard, long epoch, long deadlineNanos) {
    if (placement().of(shard).epoch() != epoch) {
      return Future.succeededFuture();
    }
    if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS) - deadlineNanos >= 0) {
      return Future.failedFuture(
          new SqlException(
              new SqlFailure(
                  Kind.UNAVAILABLE,
                  "",
                  "",
                  "%s is not in %s, and has not come to another database in time"
                      .formatted(schema(shard), placement().of(shard).database())),
              null));
    }
    return refresh()
        .otherwiseEmpty()
        .compose(
            read ->
                placement().of(shard).epoch() != epoch
                    ? Future.<Void>succeededFuture()
                    : vertx
                        .timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(rested -> awaitMove(shard, epoch, deadlineNanos)));
  }

  /** Reads the placement again; everybody who asks meanwhile gets the same answer. */
  private Future<Placement> refresh() {
    Future<Placement> running = reading.get();
    if (running != null) {
      return running;
    }
    Future<Placement> started =
        table.read().compose(found -> checked(found, databases)).onSuccess(this::place);
    reading.set(started);
    started.onComplete(done -> reading.compareAndSet(started, null));
    started.onFailure(failure -> log.debug("The placement of the shards cannot be read", failure));
    return started;
  }

  private void place(Placement found) {
    Placement before = placement.getAndSet(found);
    for (int shard = 0; shard < COUNT; shard++) {
      if (found.of(shard).epoch() != before.of(shard).epoch()) {
        log.info(
            "{} is in {} now, no longer in {}",
            schema(shard),
            found.of(shard).database(),
            before.of(shard).database());
      }
    }
  }

  private static boolean isNotThere(Throwable failure) {
    return failure instanceof SqlException sql && NOT_THERE.contains(sql.failure().sqlState());
  }

  /** Closes the databases that it opened. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return migrations.close().eventually(() -> closeAll(databases));
  }

  private static Future<Void> closeAll(Map<String, ShardDatabase> databases) {
    return Future.join(
            databases.values().stream()
                .filter(database -> !database.name().equals(ShardDatabaseConfig.HOME))
                .map(database -> database.primary().close())
                .toList())
        .mapEmpty();
  }
}
