package dev.starling.auth;

import dev.starling.bus.CallContext;
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
import java.util.function.Function;
import java.util.function.Predicate;

/** The signing keys of the cluster, in PostgreSQL. Thread-safe. */
final class SigningKeyStore {
  /** Names the lock that whoever adds a key takes; any number that nobody else uses. */
  private static final long LOCK = 0x5354_4152_4B45_5953L;

  private static final String LOCK_KEYS = "SELECT pg_advisory_xact_lock($1)";
  private static final String ALL = "SELECT kid, private_key, signs_from FROM auth.signing_keys";
  private static final String INSERT =
      """
      INSERT INTO auth.signing_keys (kid, private_key, signs_from) VALUES ($1, $2, $3)
      ON CONFLICT DO NOTHING""";
  private static final String DELETE = "DELETE FROM auth.signing_keys WHERE kid = ANY ($1)";

  private final Postgres postgres;

  SigningKeyStore(Postgres postgres) {
    this.postgres = postgres;
  }

  /** A key as it is stored. */
  record Stored(String id, byte[] pkcs8, Instant signsFrom) {}

  Future<List<Stored>> all(CallContext call) {
    return postgres.read(Sql.remaining(call), SigningKeyStore::all);
  }

  /** Commits a change made of the two that follow. */
  Future<Void> commit(CallContext call, Function<SqlConnection, Future<Void>> change) {
    return postgres.transact(Sql.remaining(call), change);
  }

  /**
   * Adds a key, unless another node was faster; part of a transaction.
   *
   * @param isStillDue judges the keys that there are when it is this node's turn
   */
  static Future<Void> add(
      SqlConnection connection, SigningKey key, Predicate<Collection<Instant>> isStillDue) {
    Tuple row = Tuple.of(key.id(), key.encoded(), Sql.atUtc(key.signsFrom()));
    return Sql.run(connection, LOCK_KEYS, Tuple.of(LOCK))
        .compose(locked -> all(connection))
        .compose(
            stored ->
                isStillDue.test(stored.stream().map(Stored::signsFrom).toList())
                    ? Sql.run(connection, INSERT, row).mapEmpty()
                    : Future.succeededFuture());
  }

  /** Removes keys; part of a transaction. */
  static Future<Void> delete(SqlConnection connection, Collection<String> ids) {
    return Sql.run(connection, DELETE, Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)))
        .mapEmpty();
  }

  private static Future<List<Stored>> all(SqlConnection connection) {
    return Sql.run(connection, ALL, Tuple.tuple()).map(SigningKeyStore::read);
  }

  private static List<Stored> read(RowSet<Row> rows) {
    List<Stored> keys = new ArrayList<>(rows.size());
    for (Row row : rows) {
      keys.add(
          new Stored(
              row.getString("kid"),
              row.getBuffer("private_key").getBytes(),
              row.getOffsetDateTime("signs_from").toInstant()));
    }
    return keys;
  }
}
