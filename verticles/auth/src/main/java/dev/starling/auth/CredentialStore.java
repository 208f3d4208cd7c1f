package dev.starling.auth;

import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Passwords and scopes, in PostgreSQL. Thread-safe. */
final class CredentialStore {
  private static final String INSERT =
      """
      INSERT INTO auth.credentials (user_id, password_hash, scopes, created_at)
      VALUES ($1, $2, $3, $4)""";
  private static final String FIND =
      "SELECT user_id, password_hash, scopes FROM auth.credentials WHERE user_id = $1";
  private static final String CONFIRM =
      """
      UPDATE auth.credentials SET confirmed_at = $2
      WHERE user_id = $1 AND confirmed_at IS NULL""";
  private static final String DELETE_UNCONFIRMED =
      "DELETE FROM auth.credentials WHERE user_id = $1 AND confirmed_at IS NULL";
  private static final String UNCONFIRMED =
      """
      SELECT user_id FROM auth.credentials WHERE confirmed_at IS NULL AND created_at < $1
      ORDER BY created_at LIMIT $2""";
  private static final String REPLACE_HASH =
      """
      UPDATE auth.credentials SET password_hash = $3
      WHERE user_id = $1 AND password_hash = $2""";
  private static final String DELETE = "DELETE FROM auth.credentials WHERE user_id = $1";
  private static final String DELETE_SESSIONS =
      "DELETE FROM auth.refresh_tokens WHERE user_id = $1";
  private static final String ANY_ADMIN =
      """
      SELECT EXISTS (
        SELECT FROM auth.credentials WHERE 'admin' = ANY (scopes) AND confirmed_at IS NOT NULL)""";
  private static final String MAKE_ADMIN =
      """
      INSERT INTO auth.credentials AS old (user_id, password_hash, scopes, created_at, confirmed_at)
      VALUES ($1, $2, $3, $4, $4)
      ON CONFLICT (user_id) DO UPDATE
      SET password_hash = excluded.password_hash, scopes = excluded.scopes,
          confirmed_at = coalesce(old.confirmed_at, excluded.confirmed_at)
      WHERE old.password_hash IS NOT DISTINCT FROM $5""";

  private final Postgres postgres;

  CredentialStore(Postgres postgres) {
    this.postgres = postgres;
  }

  /** What is stored about a user. */
  record Credential(UUID userId, String passwordHash, Set<String> scopes) {
    boolean isAdmin() {
      return scopes.contains(Principal.ADMIN);
    }

    /** Without the hash. */
    @Override
    public String toString() {
      return "Credential[" + userId + ", " + scopes + "]";
    }
  }

  /** Stores what a sign-up needs, not yet confirmed. */
  Future<Void> insert(
      UUID userId, String passwordHash, Collection<String> scopes, Instant now, CallContext call) {
    Tuple row = Tuple.of(userId, passwordHash, scopes.toArray(String[]::new), Sql.atUtc(now));
    return postgres.write(
        Sql.remaining(call), connection -> Sql.run(connection, INSERT, row).mapEmpty());
  }

  Future<@Nullable Credential> find(UUID userId, CallContext call) {
    return postgres.read(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, FIND, Tuple.of(userId)).map(rows -> credential(Sql.first(rows))));
  }

  /** Notes that the user is real; repeating it changes nothing. */
  Future<Void> confirm(UUID userId, Instant now, CallContext call) {
    return postgres.write(Sql.remaining(call), connection -> confirm(connection, userId, now));
  }

  /** The same as part of a transaction. */
  static Future<Void> confirm(SqlConnection connection, UUID userId, Instant now) {
    return Sql.run(connection, CONFIRM, Tuple.of(userId, Sql.atUtc(now))).mapEmpty();
  }

  Future<Void> deleteUnconfirmed(UUID userId, CallContext call) {
    return postgres.write(Sql.remaining(call), connection -> deleteUnconfirmed(connection, userId));
  }

  /** The same as part of a transaction. */
  static Future<Void> deleteUnconfirmed(SqlConnection connection, UUID userId) {
    return Sql.run(connection, DELETE_UNCONFIRMED, Tuple.of(userId)).mapEmpty();
  }

  /** Users whose sign-up began before a moment and has not been seen to end, the oldest first. */
  Future<List<UUID>> unconfirmed(Instant before, int limit, CallContext call) {
    return postgres.read(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, UNCONFIRMED, Tuple.of(Sql.atUtc(before), limit))
                .map(CredentialStore::ids));
  }

  /** Replaces a hash by a newer one of the same password, unless the password has changed. */
  Future<Void> replaceHash(UUID userId, String oldHash, String newHash, CallContext call) {
    return postgres.write(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, REPLACE_HASH, Tuple.of(userId, oldHash, newHash)).mapEmpty());
  }

  /**
   * Removes what a user could sign in with and voids the tokens it has.
   *
   * @return false when there was nothing, e.g. because another node was faster
   */
  Future<Boolean> remove(UUID userId, TokensRevoked revocation, CallContext call) {
    return postgres.transact(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, DELETE, Tuple.of(userId))
                .compose(
                    deleted ->
                        deleted.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : Sql.run(connection, DELETE_SESSIONS, Tuple.of(userId))
                                .compose(gone -> RevocationStore.insert(connection, revocation))
                                .map(true)));
  }

  Future<Boolean> hasAdmin(CallContext call) {
    return postgres.read(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, ANY_ADMIN, Tuple.tuple())
                .map(rows -> rows.iterator().next().getBoolean(0)));
  }

  /**
   * Gives a user the password and the scope of an administrator, ends its sessions and voids its
   * tokens.
   *
   * @param oldHash what the caller found stored; null for nothing
   * @return false when something else is stored by now, and nothing was changed
   */
  Future<Boolean> makeAdmin(
      UUID userId,
      @Nullable String oldHash,
      String newHash,
      Instant now,
      TokensRevoked revocation,
      CallContext call) {
    Tuple row = Tuple.of(userId, newHash, new String[] {Principal.ADMIN}, Sql.atUtc(now), oldHash);
    return postgres.transact(
        Sql.remaining(call),
        connection ->
            Sql.run(connection, MAKE_ADMIN, row)
                .compose(
                    changed ->
                        changed.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : Sql.run(connection, DELETE_SESSIONS, Tuple.of(userId))
                                .compose(gone -> RevocationStore.insert(connection, revocation))
                                .map(true)));
  }

  private static @Nullable Credential credential(@Nullable Row row) {
    return row == null
        ? null
        : new Credential(
            row.getUUID("user_id"),
            row.getString("password_hash"),
            Set.copyOf(List.of(row.getArrayOfStrings("scopes"))));
  }

  private static List<UUID> ids(RowSet<Row> rows) {
    List<UUID> ids = new ArrayList<>(rows.size());
    rows.forEach(row -> ids.add(row.getUUID("user_id")));
    return ids;
  }
}
