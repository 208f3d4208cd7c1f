package dev.starling.auth;

import dev.starling.postgres.Postgres;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Turns;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What the instances of a node share; each part is thread-safe. */
record Shared(
    AuthConfig config,
    InstantSource clock,
    SecureRandom random,
    HashingPool pool,
    Argon2id hashing,
    CredentialStore credentials,
    RefreshTokenStore refreshTokens,
    RevocationStore revocationStore,
    RevocationList revocationList,
    RevocationFeed revocationFeed,
    SigningKeys keys,
    TokenIssuer issuer,
    VerdictCache cache,
    BadTokenLimit badTokens,
    AuthMeters meters,
    Turns keyTurns,
    Turns sweepTurns) {

  static Shared of(AuthConfig config, NodeScope node, HashingPool pool, long nowNanos) {
    Postgres postgres = node.resource(Postgres.class);
    InstantSource clock = node.clock();
    SecureRandom random = new SecureRandom();
    AuthConfig.Hashing cost = config.hashing();
    Argon2id hashing = new Argon2id(cost.memoryKib(), cost.iterations(), random);
    RevocationStore revocationStore = new RevocationStore(postgres);
    RevocationList revocationList = new RevocationList();
    KeySchedule schedule =
        new KeySchedule(config.rotateAfter(), config.maxAcceptedLifetime().plus(config.leeway()));
    SigningKeys keys =
        new SigningKeys(
            new SigningKeyStore(postgres), schedule, pool, clock, random, hmacKey(config));
    return new Shared(
        config,
        clock,
        random,
        pool,
        hashing,
        new CredentialStore(postgres),
        new RefreshTokenStore(postgres),
        revocationStore,
        revocationList,
        new RevocationFeed(revocationStore, revocationList, clock, nowNanos),
        keys,
        new TokenIssuer(config, keys, clock),
        new VerdictCache(config.verifiedTokenCache()),
        new BadTokenLimit(config.badTokens()),
        new AuthMeters(node.meters(), pool, hashing, revocationList),
        new Turns(SigningKeys.INTERVAL, nowNanos),
        new Turns(Sweeper.INTERVAL, nowNanos));
  }

  /** A check for one instance. */
  TokenCheck newCheck() {
    return new TokenCheck(
        new TokenVerifier(config.profile(), keys::verification),
        keys::verification,
        cache,
        badTokens,
        revocationList);
  }

  private static VerificationKey.@Nullable Hmac hmacKey(AuthConfig config) {
    return config.hs256Secret().isPresent()
        ? new VerificationKey.Hmac(
            new SecretKeySpec(
                config.hs256Secret().value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
        : null;
  }
}
