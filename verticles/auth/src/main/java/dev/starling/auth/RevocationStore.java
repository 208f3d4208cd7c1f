package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The revocations of the cluster, in PostgreSQL. Thread-safe. */
final class RevocationStore {
  private static final String INSERT =
      """
      INSERT INTO auth.revocations (token_id, subject, issued_up_to, forget_after)
      VALUES ($1, $2, $3, $4)""";
  private static final String PAGE =
      """
      SELECT id, token_id, subject, issued_up_to, forget_after, recorded_at FROM auth.revocations
      WHERE (recorded_at, id) > ($1, $2) AND forget_after >= $3
      ORDER BY recorded_at, id LIMIT $4""";
  private static final String DELETE_EXPIRED =
      """
      DELETE FROM auth.revocations WHERE id = ANY (ARRAY(
        SELECT id FROM auth.revocations WHERE forget_after < $1
        ORDER BY forget_after LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private final Postgres postgres;

  RevocationStore(Postgres postgres) {
    this.postgres = postgres;
  }

  /** Where in the table a reader stands. */
  record Position(Instant recordedAt, long id) {
    static final Position START = new Position(Instant.EPOCH, 0);

    Position earlier(Duration step) {
      return recordedAt.equals(Instant.EPOCH) ? this : new Position(recordedAt.minus(step), 0);
    }
  }

  /**
   * @param end the position behind the last entry
   */
  record Page(List<TokensRevoked> entries, Position end) {}

  /** Adds an entry as part of a transaction. */
  static Future<Void> insert(SqlConnection connection, TokensRevoked revoked) {
    return Sql.run(
            connection,
            INSERT,
            Tuple.of(
                revoked.tokenId(),
                revoked.subject(),
                Sql.atUtc(Instant.ofEpochSecond(revoked.issuedUpToSeconds())),
                Sql.atUtc(Instant.ofEpochSecond(revoked.forgetAfterSeconds()))))
        .mapEmpty();
  }

  Future<Void> insert(TokensRevoked revoked, Duration limit) {
    return postgres.write(limit, connection -> insert(connection, revoked));
  }

  /** The entries behind a position that still matter. */
  Future<Page> page(Position after, Instant now, int size, Duration limit) {
    Tuple arguments = Tuple.of(Sql.atUtc(after.recordedAt()), after.id(), Sql.atUtc(now), size);
    return postgres.read(
        limit, connection -> Sql.run(connection, PAGE, arguments).map(rows -> page(rows, after)));
  }

  /** Removes at most {@code size} and gives how many; part of a transaction. */
  static Future<Integer> deleteExpired(SqlConnection connection, Instant now, int size) {
    return Sql.run(connection, DELETE_EXPIRED, Tuple.of(Sql.atUtc(now), size))
        .map(RowSet::rowCount);
  }

  private static Page page(RowSet<Row> rows, Position after) {
    List<TokensRevoked> entries = new ArrayList<>(rows.size());
    Position end = after;
    for (Row row : rows) {
      entries.add(
          new TokensRevoked(
              row.getString("token_id"),
              row.getString("subject"),
              row.getOffsetDateTime("issued_up_to").toEpochSecond(),
              row.getOffsetDateTime("forget_after").toEpochSecond()));
      end = new Position(row.getOffsetDateTime("recorded_at").toInstant(), row.getLong("id"));
    }
    return new Page(entries, end);
  }
}
