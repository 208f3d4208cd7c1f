package dev.starling.auth;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Signs people up and in, and answers {@link AuthContract}; configured by the sections {@code auth}
 * and {@code admin}.
 */
public final class AuthVerticle extends ServiceVerticle {
  private static final String SCHEMA = "auth";
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration REFRESH_LIMIT = Duration.ofSeconds(5);

  /** A password may wait for a thread while others are hashed. */
  private static final Duration HASHING_LIMIT = Duration.ofSeconds(5);

  private static final int MAX_BODY_BYTES = 4 * 1024;
  private static final int MAX_TOKEN_BODY_BYTES = 16 * 1024;

  private final List<Long> timers = new ArrayList<>();
  private @Nullable Shared shared;
  private @Nullable TokenCheck check;
  private @Nullable AuthOperations operations;
  private @Nullable AdminSeed seed;
  private @Nullable Ownership sweeping;
  private @Nullable Ownership rotating;

  @Override
  public Map<String, Record> settings() {
    return Map.of(
        AuthConfig.SECTION, AuthConfig.defaults(), AdminConfig.SECTION, AdminConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Postgres.class);
  }

  @Override
  protected void declare(Operations on) {
    on.post(
            "/v1/auth/signup",
            SignUpRequest.class,
            SignUpReply.class,
            (call, body) -> operations().signUp(call, body))
        .id("auth.signup")
        .summary("Makes a new user")
        .open()
        .priority(Priority.CRITICAL)
        .deadline(HASHING_LIMIT)
        .maxBodyBytes(MAX_BODY_BYTES)
        .answers(Kind.CREATED)
        .refuses(Refusal.CONFLICT, Refusal.NOT_EXECUTED, Refusal.UNKNOWN_OUTCOME);
    on.post(
            "/v1/auth/token",
            TokenRequest.class,
            TokenReply.class,
            (call, body) -> operations().token(call, body))
        .id("auth.token")
        .summary("Gives tokens for a password")
        .open()
        .priority(Priority.CRITICAL)
        .deadline(HASHING_LIMIT)
        .maxBodyBytes(MAX_BODY_BYTES)
        .refuses(Refusal.UNAUTHENTICATED, Refusal.NOT_EXECUTED, Refusal.UNKNOWN_OUTCOME);
    on.post(
            "/v1/auth/refresh",
            RefreshRequest.class,
            TokenReply.class,
            (call, body) -> operations().refresh(call, body))
        .id("auth.refresh")
        .summary("Gives new tokens for a refresh token, which can be used once")
        .open()
        .priority(Priority.CRITICAL)
        .maxBodyBytes(MAX_BODY_BYTES)
        .refuses(Refusal.UNAUTHENTICATED, Refusal.NOT_EXECUTED, Refusal.UNKNOWN_OUTCOME);
    on.post(
            "/v1/auth/revoke",
            RevokeRequest.class,
            Void.class,
            (call, body) -> operations().revoke(call, body))
        .id("auth.revoke")
        .summary("Ends the session of a refresh token, or voids an access token")
        .open()
        .safeToRetry()
        .priority(Priority.CRITICAL)
        .maxBodyBytes(MAX_TOKEN_BODY_BYTES)
        .refuses(Refusal.LIMITED, Refusal.NOT_EXECUTED, Refusal.UNKNOWN_OUTCOME);
    on.get("/.well-known/jwks.json", KeySet.class, call -> operations().keys())
        .id("auth.keys")
        .summary("Shows the public keys that access tokens are signed with")
        .open();
  }

  @Override
  protected Future<?> open() {
    AuthConfig config = node().config(AuthConfig.SECTION, AuthConfig.defaults());
    AdminConfig admin = node().config(AdminConfig.SECTION, AdminConfig.defaults());
    Postgres postgres = node().resource(Postgres.class);
    ClassLoader migrations = getClass().getClassLoader();
    HashingPool pool = node().shared("auth:hashing", () -> HashingPool.of(vertx, config.hashing()));
    return node()
        .once("auth:schema", () -> postgres.migrate(SCHEMA, "classpath:db/auth", migrations))
        .map(
            migrated ->
                node().shared("auth", () -> Shared.of(config, node(), pool, System.nanoTime())))
        .compose(
            shared ->
                node()
                    .once("auth:state", () -> load(shared))
                    .compose(loaded -> Singletons.of(node(), vertx))
                    .compose(this::join)
                    .compose(joined -> serve(shared, admin)));
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    if (seed != null) {
      seed.stop();
    }
    return Future.join(
        Stream.of(sweeping, rotating).filter(Objects::nonNull).map(Ownership::leave).toList());
  }

  private Future<?> join(Singletons singletons) {
    return Future.join(
        singletons.join(Sweeper.SINGLETON).onSuccess(joined -> sweeping = joined),
        singletons.join(SigningKeys.SINGLETON).onSuccess(joined -> rotating = joined));
  }

  /** A node that does not know the keys and the revocations yet must not judge tokens. */
  private static Future<Void> load(Shared shared) {
    return shared
        .keys()
        .refresh(Background.call(START_LIMIT))
        .compose(keys -> shared.revocationFeed().look());
  }

  private Future<?> serve(Shared shared, AdminConfig admin) {
    this.shared = shared;
    TokenCheck ownCheck = shared.newCheck();
    Users users = new Users(bus());
    Revocations revocations = new Revocations(shared, bus());
    Registrar registrar = new Registrar(vertx, shared, users);
    check = ownCheck;
    operations = new AuthOperations(shared, registrar, users, revocations, ownCheck);
    AdminSeed ownSeed = new AdminSeed(vertx, shared, users, registrar, revocations, admin);
    seed = ownSeed;
    UserRemoval removal = new UserRemoval(shared, revocations);
    keepInStep(shared, new Sweeper(shared, users));
    return Future.all(
            serve(AuthContract.VERIFY, this::verify),
            subscribe(AuthContract.REVOKED, shared.revocationList()::add),
            subscribe(UsersContract.CHANGED, removal::changed))
        .onSuccess(served -> node().once("auth:admin", ownSeed::run));
  }

  /** Every instance asks, and whichever is first does it: so it goes on while one of them runs. */
  private void keepInStep(Shared shared, Sweeper sweeper) {
    every(RevocationFeed.INTERVAL, () -> shared.revocationFeed().tick(System.nanoTime()));
    every(
        SigningKeys.INTERVAL,
        () -> {
          if (shared.keyTurns().take(System.nanoTime())) {
            shared.keys().keepInStep(Background.call(REFRESH_LIMIT), termOf(rotating));
          }
        });
    every(
        Sweeper.INTERVAL,
        () -> {
          Term term = termOf(sweeping);
          if (term != null && shared.sweepTurns().take(System.nanoTime())) {
            sweeper.sweep(term);
          }
        });
  }

  private static @Nullable Term termOf(@Nullable Ownership ownership) {
    return ownership == null ? null : ownership.term();
  }

  private void every(Duration interval, Runnable work) {
    timers.add(vertx.setPeriodic(interval.toMillis(), tick -> work.run()));
  }

  private Future<Verification> verify(VerifyToken request, CallContext context) {
    TokenCheck mine = check;
    Shared node = shared;
    if (mine == null || node == null) {
      return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, "not open"));
    }
    Verification answer =
        mine.check(request.token(), request.clientAddress(), node.clock().millis()).answer();
    if (answer instanceof Rejected rejected) {
      node.meters().rejected(rejected.reason());
    }
    return Future.succeededFuture(answer);
  }

  private AuthOperations operations() {
    if (operations == null) {
      throw new IllegalStateException("not open");
    }
    return operations;
  }
}
