package dev.starling.users;

import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.postgres.Candidacy;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Operations;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.UserPath;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Serves people's profiles to clients, and {@link UsersContract} to other services. */
public final class UsersVerticle extends ServiceVerticle {
  private static final String SECTION = "users";

  private final LongSupplier nanoTime;
  private final List<Long> timers = new ArrayList<>();
  private final List<Candidacy> sweepings = new ArrayList<>();
  private @Nullable Profiles profiles;
  private @Nullable ProfileCache cache;

  /**
   * What the instances of a node share.
   *
   * @param sweepers by database
   */
  private record Shared(
      UserStore store,
      EmailClaims claims,
      UserList list,
      ProfileCache cache,
      Map<String, Sweeper> sweepers) {}

  public UsersVerticle() {
    this(System::nanoTime);
  }

  /** For tests that set the time of the cache. */
  UsersVerticle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, UsersConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Postgres.class, Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/users/me", UserView.class, call -> profiles().me(call))
        .id("users.me")
        .summary("Shows the caller's own profile")
        .wants("if-none-match")
        .refuses(Refusal.ABSENT);
    on.get("/v1/users/{id}", UserView.class, call -> profiles().get(call))
        .id("users.get")
        .summary("Shows a profile to its owner or an administrator")
        .path(UserPath.class)
        .wants("if-none-match")
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.get("/v1/users", UserPage.class, call -> profiles().list(call))
        .id("users.list")
        .summary("Lists users, the oldest first")
        .scope("admin")
        .query(PageQuery.class);
    on.patch(
            "/v1/users/{id}",
            ProfileChange.class,
            UserView.class,
            (call, change) -> profiles().patch(call, change))
        .id("users.patch")
        .summary("Changes a name, an e-mail address or both")
        .path(UserPath.class)
        .wants("if-match")
        .refuses(
            Refusal.FORBIDDEN,
            Refusal.ABSENT,
            Refusal.CONFLICT,
            Refusal.PRECONDITION_FAILED,
            Refusal.UNKNOWN_OUTCOME);
    on.delete("/v1/users/{id}", Void.class, call -> profiles().delete(call))
        .id("users.delete")
        .summary("Deletes a user")
        .path(UserPath.class)
        .wants("if-match")
        .answers(Kind.NO_CONTENT)
        .refuses(
            Refusal.FORBIDDEN,
            Refusal.ABSENT,
            Refusal.PRECONDITION_FAILED,
            Refusal.UNKNOWN_OUTCOME);
  }

  @Override
  protected Future<?> open() {
    UsersConfig config = node().config(SECTION, UsersConfig.defaults());
    checkPoolSize();
    Shards shards = node().resource(Shards.class);
    return node()
        .once("users:schema", () -> UsersSchema.migrate(shards))
        .compose(
            migrated -> {
              Shared shared = node().shared("users", () -> share(config, shards));
              return Future.all(
                      shards.databases().values().stream()
                          .map(database -> sweep(config, database, shared.sweepers))
                          .toList())
                  .compose(swept -> serve(config, shared));
            });
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    if (cache != null) {
      cache.release();
    }
    return Future.join(sweepings.stream().map(Candidacy::leave).toList());
  }

  /** The change feed keeps one connection, and the others need some too. */
  private void checkPoolSize() {
    int size = node().config("postgres", PostgresConfig.defaults()).poolSize();
    if (size < 2) {
      throw new ConfigException(
          "postgres.pool-size: " + size + " (expected: >= 2 where users run, who keep one)");
    }
  }

  private Shared share(UsersConfig config, Shards shards) {
    UserStore store = new UserStore(shards);
    ProfileCache shared = new ProfileCache(store, shards, config, node().meters(), nanoTime);
    Map<String, Sweeper> sweepers = new HashMap<>();
    shared
        .feeds()
        .forEach((database, feed) -> sweepers.put(database, sweeper(config, database, feed)));
    return new Shared(
        store,
        new EmailClaims(new EmailTable(shards.home()), store),
        new UserList(shards),
        shared,
        Map.copyOf(sweepers));
  }

  private Sweeper sweeper(UsersConfig config, String database, ChangeFeed feed) {
    return new Sweeper(
        feed,
        database.equals(ShardDatabaseConfig.HOME),
        node().clock(),
        config.sweepInterval(),
        Sweeper.Bound.DEFAULT,
        nanoTime);
  }

  private Future<?> sweep(
      UsersConfig config, ShardDatabase database, Map<String, Sweeper> sweepers) {
    Sweeper sweeper = Objects.requireNonNull(sweepers.get(database.name()));
    Candidacy sweeping = new Candidacy(() -> candidacy(database), sweeper::tick);
    sweepings.add(sweeping);
    timers.add(vertx.setPeriodic(config.sweepInterval().toMillis(), tick -> sweeping.tick()));
    return sweeping.tick();
  }

  private Future<Ownership> candidacy(ShardDatabase database) {
    return database
        .primary()
        .check()
        .compose(there -> Singletons.of(node(), vertx, database.primary(), database.name()))
        .compose(singletons -> singletons.join(Sweeper.singleton(database.name())));
  }

  private Future<?> serve(UsersConfig config, Shared shared) {
    cache = shared.cache;
    profiles =
        new Profiles(
            new ProfileWrites(shared.store, shared.claims),
            shared.list,
            shared.cache,
            bus(),
            context);
    Registrations registrations =
        new Registrations(
            shared.store, shared.claims, bus(), node().clock(), config.reservationLife());
    ProfileCache profileCache = shared.cache;
    timers.add(
        vertx.setPeriodic(config.cachePollInterval().toMillis(), tick -> profileCache.tick()));
    return Future.all(
            serve(UsersContract.RESERVE, registrations::reserve),
            serve(UsersContract.CONFIRM, registrations::confirm),
            serve(UsersContract.FIND, registrations::find),
            subscribe(UsersContract.CHANGED, profileCache::changed))
        .compose(served -> profileCache.tick());
  }

  private Profiles profiles() {
    if (profiles == null) {
      throw new IllegalStateException("not open");
    }
    return profiles;
  }
}
