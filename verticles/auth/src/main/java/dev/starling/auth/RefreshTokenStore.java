package dev.starling.auth;

import dev.starling.bus.CallContext;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The families of refresh tokens, in PostgreSQL. Thread-safe. */
final class RefreshTokenStore {
  private static final String INSERT =
      """
      INSERT INTO auth.refresh_tokens
        (family, user_id, generation, token_hash, expires_at, access_token_id, access_expires_at)
      VALUES ($1, $2, 1, $3, $4, $5, $6)""";
  private static final String FIND =
      """
      SELECT family, user_id, token_hash, expires_at, access_token_id, access_expires_at
      FROM auth.refresh_tokens WHERE family = $1""";
  private static final String FIND_AND_LOCK = FIND + " FOR UPDATE";
  private static final String ROTATE =
      """
      UPDATE auth.refresh_tokens
      SET generation = generation + 1, token_hash = $2, expires_at = $3, access_token_id = $4,
          access_expires_at = $5
      WHERE family = $1""";
  private static final String DELETE = "DELETE FROM auth.refresh_tokens WHERE family = $1";
  private static final String DELETE_EXPIRED =
      """
      DELETE FROM auth.refresh_tokens WHERE family = ANY (ARRAY(
        SELECT family FROM auth.refresh_tokens WHERE expires_at < $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private final Postgres postgres;

  RefreshTokenStore(Postgres postgres) {
    this.postgres = postgres;
  }

  /** The row of a family. */
  record Session(
      UUID family,
      UUID userId,
      byte[] tokenHash,
      Instant expiresAt,
      String accessTokenId,
      Instant accessExpiresAt) {

    /** Whether this is the newest token of the family, and not an older one. */
    boolean isCurrent(RefreshToken token) {
      return MessageDigest.isEqual(tokenHash, token.hash());
    }

    boolean isExpired(Instant now) {
      return !now.isBefore(expiresAt);
    }

    /** Voids the access token that was given out with the newest refresh token. */
    TokensRevoked accessRevocation() {
      return new TokensRevoked(accessTokenId, "", 0, accessExpiresAt.getEpochSecond());
    }
  }

  /** What a rotation found. */
  enum Rotation {
    ROTATED,
    /** Not the newest token: somebody used that before. */
    REUSED,
    GONE
  }

  /** Begins a family. */
  Future<Void> insert(
      RefreshToken token,
      UUID userId,
      Instant expiresAt,
      TokenIssuer.Issued access,
      CallContext call) {
    Tuple row =
        Tuple.of(
            token.family(),
            userId,
            Buffer.buffer(token.hash()),
            Sql.atUtc(expiresAt),
            access.id(),
            Sql.atUtc(access.expiresAt()));
    return postgres.write(
        Sql.remaining(call), connection -> Sql.run(connection, INSERT, row).mapEmpty());
  }

  Future<@Nullable Session> find(UUID family, CallContext call) {
    return postgres.read(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, FIND, Tuple.of(family)).map(rows -> session(Sql.first(rows))));
  }

  /** Replaces the newest token of a family; of two callers with the same token one is first. */
  Future<Rotation> rotate(
      RefreshToken old,
      RefreshToken next,
      Instant expiresAt,
      TokenIssuer.Issued access,
      CallContext call) {
    Tuple row =
        Tuple.of(
            old.family(),
            Buffer.buffer(next.hash()),
            Sql.atUtc(expiresAt),
            access.id(),
            Sql.atUtc(access.expiresAt()));
    return postgres.transact(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, FIND_AND_LOCK, Tuple.of(old.family()))
                .map(rows -> session(Sql.first(rows)))
                .compose(
                    session -> {
                      if (session == null) {
                        return Future.succeededFuture(Rotation.GONE);
                      }
                      return session.isCurrent(old)
                          ? Sql.run(connection, ROTATE, row).map(Rotation.ROTATED)
                          : Future.succeededFuture(Rotation.REUSED);
                    }));
  }

  /**
   * Ends a family and records what that voids, in one transaction.
   *
   * @return false when it had ended already
   */
  Future<Boolean> end(UUID family, TokensRevoked revocation, CallContext call) {
    return postgres.transact(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, DELETE, Tuple.of(family))
                .compose(
                    deleted ->
                        deleted.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : RevocationStore.insert(connection, revocation).map(true)));
  }

  /** Removes at most {@code size} and gives how many; part of a transaction. */
  static Future<Integer> deleteExpired(SqlConnection connection, Instant now, int size) {
    return Sql.run(connection, DELETE_EXPIRED, Tuple.of(Sql.atUtc(now), size))
        .map(RowSet::rowCount);
  }

  private static @Nullable Session session(@Nullable Row row) {
    return row == null
        ? null
        : new Session(
            row.getUUID("family"),
            row.getUUID("user_id"),
            row.getBuffer("token_hash").getBytes(),
            row.getOffsetDateTime("expires_at").toInstant(),
            row.getString("access_token_id"),
            row.getOffsetDateTime("access_expires_at").toInstant());
  }
}
