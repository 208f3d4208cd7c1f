package dev.starling.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.starling.bus.CallContext;
import dev.starling.postgres.Term;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys as this node knows them, kept in step with the store.
 *
 * <p>Thread-safe; shared by the instances of a node. Until the first {@link #refresh} succeeds it
 * has no key but the configured HMAC one.
 */
final class SigningKeys {
  /** How often a node looks for keys that another one added or an operator removed. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Whose owner adds and removes keys once the cluster runs. */
  static final String SINGLETON = "auth.signing-keys";

  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  private final SigningKeyStore store;
  private final KeySchedule schedule;
  private final HashingPool pool;
  private final InstantSource clock;
  private final SecureRandom random;
  private final VerificationKey.@Nullable Hmac hmacKey;
  private volatile Snapshot snapshot;

  /** Everything that follows from one set of keys; replaced as a whole. */
  private record Snapshot(List<SigningKey> keys, VerificationKeys verification, byte[] jwks) {}

  /** Runs a change in a transaction. */
  @FunctionalInterface
  private interface Commit {
    Future<Void> apply(Function<SqlConnection, Future<Void>> change);
  }

  SigningKeys(
      SigningKeyStore store,
      KeySchedule schedule,
      HashingPool pool,
      InstantSource clock,
      SecureRandom random,
      VerificationKey.@Nullable Hmac hmacKey) {
    this.store = store;
    this.schedule = schedule;
    this.pool = pool;
    this.clock = clock;
    this.random = random;
    this.hmacKey = hmacKey;
    this.snapshot = snapshotOf(List.of());
  }

  /** The keys that verify; the same object until they change. */
  VerificationKeys verification() {
    return snapshot.verification;
  }

  /** The public keys as a JWK set (RFC 7517); not to be written to. */
  byte[] jwks() {
    return snapshot.jwks;
  }

  /** The key that signs now. */
  SigningKey signer() {
    SigningKey key = schedule.signer(snapshot.keys, clock.instant());
    if (key == null) {
      throw new IllegalStateException("there is no signing key (expected: refresh() to make one)");
    }
    return key;
  }

  /**
   * Reads the store, adds the next key when it is due, removes those that are over. Any node may:
   * the first one has nobody else to make a key. Of several, one is first.
   */
  Future<Void> refresh(CallContext call) {
    return refresh(call, change -> store.commit(call, change));
  }

  /**
   * Reads the store; never fails.
   *
   * @param term of the node that also adds and removes keys; null on the others
   */
  Future<Void> keepInStep(CallContext call, @Nullable Term term) {
    Future<Void> inStep =
        term == null
            ? load(call)
            : refresh(call, change -> term.write(Sql.remaining(call), change).mapEmpty());
    return inStep
        .onFailure(failure -> log.warn("Signing keys cannot be read, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> refresh(CallContext call, Commit commit) {
    return load(call)
        .compose(loaded -> addNextIfDue(call, commit))
        .compose(added -> added ? load(call) : Future.succeededFuture())
        .compose(loaded -> removeRetired(call, commit));
  }

  private Future<Void> load(CallContext call) {
    return store
        .all(call)
        .compose(
            stored -> {
              if (isKnown(stored)) {
                return Future.succeededFuture();
              }
              return pool.run(call, () -> decode(stored)).map(this::adopt);
            })
        .mapEmpty();
  }

  private boolean isKnown(List<SigningKeyStore.Stored> stored) {
    Set<Map.Entry<String, Instant>> known = new HashSet<>();
    snapshot.keys.forEach(key -> known.add(Map.entry(key.id(), key.signsFrom())));
    Set<Map.Entry<String, Instant>> found = new HashSet<>();
    stored.forEach(key -> found.add(Map.entry(key.id(), key.signsFrom())));
    return known.equals(found);
  }

  private static List<SigningKey> decode(List<SigningKeyStore.Stored> stored) {
    return stored.stream().map(key -> SigningKey.decode(key.pkcs8(), key.signsFrom())).toList();
  }

  private Void adopt(List<SigningKey> keys) {
    snapshot = snapshotOf(keys);
    log.info("Tokens are signed with keys {}", keys.stream().map(SigningKey::id).toList());
    return null;
  }

  private Future<Boolean> addNextIfDue(CallContext call, Commit commit) {
    Instant now = clock.instant();
    Instant start =
        schedule.nextStart(snapshot.keys.stream().map(SigningKey::signsFrom).toList(), now);
    if (start == null) {
      return Future.succeededFuture(false);
    }
    return pool.run(call, () -> SigningKey.generate(random, start))
        .compose(
            key ->
                commit.apply(
                    connection ->
                        SigningKeyStore.add(
                            connection, key, starts -> schedule.nextStart(starts, now) != null)))
        .map(true);
  }

  private Future<Void> removeRetired(CallContext call, Commit commit) {
    List<String> retired =
        schedule.retired(snapshot.keys, clock.instant()).stream().map(SigningKey::id).toList();
    if (retired.isEmpty()) {
      return Future.succeededFuture();
    }
    return commit
        .apply(connection -> SigningKeyStore.delete(connection, retired))
        .compose(deleted -> load(call));
  }

  private Snapshot snapshotOf(List<SigningKey> keys) {
    Map<String, VerificationKey> byId = new HashMap<>();
    keys.forEach(key -> byId.put(key.id(), new VerificationKey.Rsa(key.publicKey())));
    List<JWK> jwks = keys.stream().<JWK>map(SigningKey::toJwk).toList();
    String json = new JWKSet(jwks).toString(true);
    return new Snapshot(
        List.copyOf(keys),
        new VerificationKeys(byId, hmacKey),
        json.getBytes(StandardCharsets.UTF_8));
  }
}
