package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.ReadReplica;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.SqlFailure.Kind;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

  /** Schema, table or function that is not there: invalid_schema_name, undefined_table, … */
  private static final Set<String> NOT_THERE = Set.of("3F000", "42P01", "42883");

  /** A replica that does not answer leaves the primary as much time as it had itself. */
  private static final int SHARE_OF_REPLICA = 2;

  private final PlacementTable table;
  private final Map<String, ShardDatabase> databases;
  private final ShardMigrations migrations;
  private final PlacementWatch watch;

  private Shards(
      PlacementTable table,
      Map<String, ShardDatabase> databases,
      ShardMigrations migrations,
      PlacementWatch watch) {
    this.table = table;
    this.databases = databases;
    this.migrations = migrations;
    this.watch = watch;
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
   * Connects to every database that the configuration names and finds out where the shards are. One
   * that is away, other than the home database, is waited for in the background.
   *
   * <p>Fails with a {@link PostgresException} of one line when a database is not the one it is
   * taken for, or a shard is in none of them.
   *
   * @param home has what belongs to no shard, and may hold shards too
   * @param bounds sizes and waits of the pool of each of the other databases
   */
  public static Future<Shards> start(
      Vertx vertx, Postgres home, PostgresConfig bounds, ShardsConfig config) {
    ShardMigrations migrations = new ShardMigrations(vertx);
    Map<String, ShardDatabase> databases = new ConcurrentHashMap<>();
    AtomicReference<@Nullable PlacementWatch> watching = new AtomicReference<>();
    Function<String, List<Integer>> shardsIn =
        database -> {
          PlacementWatch known = watching.get();
          return known == null ? List.of() : known.current().in(database);
        };
    Handler<ShardDatabase> keep = database -> databases.put(database.name(), database);
    List<Future<?>> joined = new ArrayList<>();
    joined.add(ShardDatabase.home(home, migrations, shardsIn).onSuccess(keep));
    for (ShardDatabaseConfig database : config.databases()) {
      if (!database.isHome()) {
        joined.add(
            ShardDatabase.join(
                    vertx, database.name(), bounds.at(database.uri()), migrations, shardsIn)
                .onSuccess(keep));
      }
    }
    PlacementTable table = new PlacementTable(home);
    return Future.join(joined)
        .compose(all -> table.prepare(config.initialPlacement()))
        .compose(placement -> placement.checked(databases.keySet()))
        .map(
            placement -> {
              for (ShardDatabaseConfig database : config.databases()) {
                databases.get(database.name()).openReplicas(vertx, database.replicas(), bounds);
              }
              Runnable catchUp = () -> databases.values().forEach(ShardDatabase::catchUp);
              PlacementWatch watch =
                  new PlacementWatch(vertx, table, databases.keySet(), placement, catchUp);
              watching.set(watch);
              return new Shards(table, Map.copyOf(databases), migrations, watch);
            })
        .recover(
            failure ->
                closeAll(databases, migrations).transform(done -> Future.failedFuture(failure)));
  }

  /** The database for what belongs to no shard. */
  public Postgres home() {
    return databases.get(ShardDatabaseConfig.HOME).primary();
  }

  /** Where the shards are, as far as this node knows. */
  public Placement placement() {
    return watch.current();
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

  /** Shows operators which databases and replicas can be reached. */
  public void bindTo(MeterRegistry meters) {
    databases.values().forEach(database -> database.bindTo(meters));
  }

  /** What operators should know now: the databases that are away; empty when none is. */
  public String note() {
    return databases.values().stream()
        .filter(database -> !database.isHome() && database.primary().check().failed())
        .map(
            database ->
                "database %s is away: shards %s are refused"
                    .formatted(database.name(), placement().in(database.name())))
        .sorted()
        .collect(Collectors.joining("; "));
  }

  /**
   * Brings every shard's part of a service up to date: the files {@code V1__….sql} below the
   * location, in which {@code ${shard}} stands for the schema. The shards of a database that is
   * away get them before they are used again.
   *
   * @param service names the history, {@code <shard>.flyway_<service>}
   * @param location {@code classpath:db/<service>}
   */
  public Future<Void> migrate(String service, String location, ClassLoader classLoader) {
    ShardMigration migration = new ShardMigration(service, location, classLoader);
    return table
        .remember(migration)
        .compose(
            remembered ->
                Future.join(
                    databases.values().stream()
                        .map(database -> database.migrate(migration))
                        .toList()))
        .mapEmpty();
  }

  /** Runs statements that change nothing, on the primary. */
  public <T> Future<T> read(int shard, Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(shard, limit, (database, left) -> database.primary().read(left, work));
  }

  /**
   * Likewise, on a replica that is near enough, or else on the primary. What a replica fails to
   * answer the primary is asked too, within the limit.
   */
  public <T> Future<T> read(
      int shard, Freshness freshness, Duration limit, Function<SqlConnection, Future<T>> work) {
    return run(
        shard,
        limit,
        (database, left) -> {
          ReadReplica replica = database.replica(freshness);
          if (replica == null) {
            return database.primary().read(left, work);
          }
          long deadlineNanos = System.nanoTime() + left.toNanos();
          return replica
              .read(left.dividedBy(SHARE_OF_REPLICA), work)
              .recover(
                  failure ->
                      failure instanceof SqlException
                          ? database.primary().read(until(deadlineNanos), work)
                          : Future.failedFuture(failure));
        });
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
                    ? watch
                        .awaitMove(shard, epoch, deadlineNanos)
                        .compose(
                            moved ->
                                moved
                                    ? attempt(shard, deadlineNanos, until(deadlineNanos), use)
                                    : Future.failedFuture(notCome(shard)))
                    : Future.failedFuture(failure));
  }

  private static Duration until(long deadlineNanos) {
    return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
  }

  /**
   * Whether a statement found no table where it looked for it: the shard is moving, or has moved.
   */
  public static boolean isNotThere(Throwable failure) {
    return failure instanceof SqlException sql && NOT_THERE.contains(sql.failure().sqlState());
  }

  private SqlException notCome(int shard) {
    return new SqlException(
        new SqlFailure(
            Kind.UNAVAILABLE,
            "",
            "",
            "%s is not in %s, and has not come to another database in time"
                .formatted(schema(shard), placement().of(shard).database())),
        null);
  }

  /** Closes the databases that it opened. */
  public Future<Void> close() {
    watch.close();
    return closeAll(databases, migrations);
  }

  private static Future<Void> closeAll(
      Map<String, ShardDatabase> databases, ShardMigrations migrations) {
    return migrations
        .close()
        .eventually(
            () -> Future.join(databases.values().stream().map(ShardDatabase::close).toList()))
        .mapEmpty();
  }
}
