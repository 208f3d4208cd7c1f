package dev.starling.users;

import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.Singletons;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Serves people's profiles to clients, and {@link UsersContract} to other services. */
public final class UsersVerticle extends ServiceVerticle {
  private static final String SECTION = "users";
  private static final String SCHEMA = "users";

  private final LongSupplier nanoTime;
  private final List<Long> timers = new ArrayList<>();
  private @Nullable Profiles profiles;
  private @Nullable ProfileCache cache;
  private @Nullable Ownership sweeping;

  /** What the instances of a node share. */
  private record Shared(UserStore store, ProfileCache cache, Sweeper sweeper) {}

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
    return Set.of(Postgres.class);
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
        .query(UserQuery.class);
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
    Postgres postgres = node().resource(Postgres.class);
    ClassLoader migrations = getClass().getClassLoader();
    return node()
        .once("users:schema", () -> postgres.migrate(SCHEMA, "classpath:db/users", migrations))
        .compose(migrated -> Singletons.of(node(), vertx))
        .compose(singletons -> singletons.join(Sweeper.SINGLETON))
        .compose(
            joined -> {
              sweeping = joined;
              return serve(config, node().shared("users", () -> share(config, postgres)), joined);
            });
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    if (cache != null) {
      cache.feed().release();
    }
    return sweeping == null ? Future.succeededFuture() : sweeping.leave();
  }

  /** The change feed keeps one connection, and the others need some too. */
  private void checkPoolSize() {
    int size = node().config("postgres", PostgresConfig.defaults()).poolSize();
    if (size < 2) {
      throw new ConfigException(
          "postgres.pool-size: " + size + " (expected: >= 2 where users run, who keep one)");
    }
  }

  private Shared share(UsersConfig config, Postgres postgres) {
    UserStore store = new UserStore(postgres);
    ProfileCache shared = new ProfileCache(store, config, node().meters(), nanoTime);
    return new Shared(
        store,
        shared,
        new Sweeper(
            shared.feed(),
            node().clock(),
            config.sweepInterval(),
            Sweeper.Bound.DEFAULT,
            nanoTime));
  }

  private Future<?> serve(UsersConfig config, Shared shared, Ownership own) {
    cache = shared.cache;
    profiles = new Profiles(shared.store, shared.cache, bus(), context);
    Registrations registrations =
        new Registrations(shared.store, bus(), node().clock(), config.reservationLife());
    ChangeFeed feed = shared.cache.feed();
    timers.add(vertx.setPeriodic(config.cachePollInterval().toMillis(), tick -> feed.tick()));
    timers.add(vertx.setPeriodic(config.sweepInterval().toMillis(), t -> shared.sweeper.tick(own)));
    return Future.all(
            serve(UsersContract.RESERVE, registrations::reserve),
            serve(UsersContract.CONFIRM, registrations::confirm),
            serve(UsersContract.FIND, registrations::find),
            subscribe(UsersContract.CHANGED, shared.cache::changed))
        .compose(served -> feed.tick());
  }

  private Profiles profiles() {
    if (profiles == null) {
      throw new IllegalStateException("not open");
    }
    return profiles;
  }
}
