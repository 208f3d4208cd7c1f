package dev.starling.users;

import static dev.starling.users.UserStore.atUtc;
import static dev.starling.users.UserStore.remaining;
import static dev.starling.users.UserStore.run;

import dev.starling.bus.CallContext;
import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SQL on claims of e-mail addresses and on reservations, in the home database.
 *
 * <p>Thread-safe; futures complete on the caller's context, before the call's deadline. They fail
 * with a {@link dev.starling.postgres.SqlException}. Claims are aged by the server's clock,
 * reservations expire by the caller's.
 */
final class EmailTable {
  /** The number of no claim. */
  static final long NONE = 0;

  /** A claim of this age belongs to its user by now, or never will. */
  static final int SETTLED_SECONDS = 60;

  private static final String HOLDER = "SELECT user_id FROM users.emails WHERE email_key = $1";

  private static final String CLAIM =
      """
      WITH claimed AS (
        INSERT INTO users.emails AS held (email_key, user_id) VALUES ($1, $2)
        ON CONFLICT (email_key) DO UPDATE
        SET user_id = excluded.user_id, claim = DEFAULT, since = DEFAULT,
            reclaimed = held.user_id = excluded.user_id
        WHERE held.user_id = excluded.user_id OR held.claim = $3
        RETURNING claim, reclaimed
      )
      SELECT claimed.claim AS number, claimed.reclaimed, held.user_id, held.claim,
        held.since <= clock_timestamp() - %d * interval '1 second' AS settled
      FROM (SELECT) AS one
      LEFT JOIN claimed ON true
      LEFT JOIN users.emails AS held ON held.email_key = $1"""
          .formatted(SETTLED_SECONDS);

  private static final String LET_GO =
      "DELETE FROM users.emails WHERE email_key = $1 AND user_id = $2 AND claim <= $3";

  private static final String FORGET =
      """
      WITH attempt AS (DELETE FROM users.reservations WHERE user_id = $1)
      DELETE FROM users.emails
      WHERE user_id = $1
        AND (NOT reclaimed OR since <= clock_timestamp() - %d * interval '1 second')"""
          .formatted(SETTLED_SECONDS);

  private static final String RESERVE =
      """
      WITH held AS (
        SELECT user_id, claim FROM users.emails WHERE email_key = $3 AND claim <> $7
      ), own AS (
        SELECT email_key FROM users.emails WHERE user_id = $1 AND email_key <> $3
        UNION ALL
        SELECT email_key FROM users.reservations
        WHERE user_id = $1 AND email_key <> $3 AND expires_at > $5
      ), added AS (
        INSERT INTO users.reservations AS old (user_id, email, email_key, name, expires_at)
        SELECT $1, $2, $3, $4, $6
        WHERE NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM own)
        ON CONFLICT (user_id) DO UPDATE
        SET email = excluded.email, email_key = excluded.email_key, name = excluded.name,
            seq = DEFAULT, expires_at = excluded.expires_at
        WHERE old.expires_at <= $5
      )
      SELECT EXISTS (SELECT FROM own) AS other_address,
        (SELECT user_id FROM held), (SELECT claim FROM held)""";

  private static final String TAKE_ATTEMPT =
      """
      UPDATE users.reservations AS mine
      SET expires_at = least(expires_at, $2::timestamptz + %d * interval '1 second')
      WHERE mine.user_id = $1 AND mine.expires_at > $2 AND NOT EXISTS (
        SELECT FROM users.reservations AS newer
        WHERE newer.email_key = mine.email_key AND newer.seq > mine.seq AND newer.expires_at > $2)
      RETURNING email, email_key, name"""
          .formatted(SETTLED_SECONDS);

  private static final String SWEEP =
      """
      DELETE FROM users.reservations WHERE user_id = ANY (ARRAY(
        SELECT user_id FROM users.reservations WHERE expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private final Postgres home;

  EmailTable(Postgres home) {
    this.home = home;
  }

  /** Somebody's claim of an address. */
  record Held(UUID user, long claim) {}

  /**
   * What came of claiming an address.
   *
   * @param number of the new claim, or {@link #NONE}
   * @param isFirst false when the user had claimed it before
   * @param held who had it before; null when nobody had, or the claim that won over this one was
   *     not to be seen yet
   * @param isSettled whether that claim is so old that nobody is about to use it
   */
  record Claiming(long number, boolean isFirst, @Nullable Held held, boolean isSettled) {}

  /**
   * What came of reserving an address.
   *
   * @param otherAddress the id belongs to another address; nothing was stored
   * @param held the claim that is in the way; nothing was stored
   */
  record Reserving(boolean otherAddress, @Nullable Held held) {}

  /** What somebody wants to become. */
  record Attempt(EmailAddress email, String name) {}

  /** Who claims the address. */
  Future<@Nullable UUID> holder(String emailKey, CallContext call) {
    return home.read(remaining(call), c -> run(c, HOLDER, Tuple.of(emailKey)))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getUUID(0));
  }

  /**
   * Claims an address that nobody else claims.
   *
   * @param dangling the number of a claim that does not count, or {@link #NONE}
   */
  Future<Claiming> claim(String emailKey, UUID user, long dangling, CallContext call) {
    return write(CLAIM, Tuple.of(emailKey, user, dangling), call)
        .map(rows -> claiming(rows.iterator().next()));
  }

  /** Gives up the user's claim, unless it was claimed anew after the claim with this number. */
  Future<Void> letGo(String emailKey, UUID user, long claim, Duration limit) {
    return home.write(limit, c -> run(c, LET_GO, Tuple.of(emailKey, user, claim)).mapEmpty());
  }

  /**
   * Removes what a user who is gone has here, but for a claim that an attempt may still act upon:
   * that one counts as nobody's in a minute.
   */
  Future<Void> forget(UUID user, Duration limit) {
    return home.write(limit, c -> run(c, FORGET, Tuple.of(user)).mapEmpty());
  }

  /**
   * Holds an address until {@code expiresAt}; repeating it changes nothing.
   *
   * @param dangling the number of a claim that does not count, or {@link #NONE}
   */
  Future<Reserving> reserve(
      UUID id,
      EmailAddress email,
      String name,
      Instant now,
      Instant expiresAt,
      long dangling,
      CallContext call) {
    Tuple arguments =
        Tuple.of(id, email.written(), email.key(), name, atUtc(now), atUtc(expiresAt))
            .addLong(dangling);
    return write(RESERVE, arguments, call)
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Reserving(row.getBoolean(0), held(row.getUUID(1), row.getLong(2)));
            });
  }

  /**
   * The attempt of {@code id} if it still holds its address, or null. From now on it lasts as long
   * as its claim may be unsettled, so that it can be repeated but not much later.
   */
  Future<@Nullable Attempt> takeAttempt(UUID id, Instant now, CallContext call) {
    return write(TAKE_ATTEMPT, Tuple.of(id, atUtc(now)), call)
        .map(
            rows -> {
              if (rows.size() == 0) {
                return null;
              }
              Row row = rows.iterator().next();
              return new Attempt(
                  new EmailAddress(row.getString(0), row.getString(1)), row.getString(2));
            });
  }

  /** Removes reservations that have expired and gives how many; part of a transaction. */
  static Future<Integer> sweep(SqlConnection connection, Instant now, int limit) {
    return run(connection, SWEEP, Tuple.of(atUtc(now), limit)).map(RowSet::rowCount);
  }

  private Future<RowSet<Row>> write(String sql, Tuple arguments, CallContext call) {
    return home.write(remaining(call), c -> run(c, sql, arguments));
  }

  private static Claiming claiming(Row row) {
    Long number = row.getLong(0);
    Boolean settled = row.getBoolean(4);
    return new Claiming(
        number == null ? NONE : number,
        number != null && !row.getBoolean(1),
        held(row.getUUID(2), row.getLong(3)),
        settled != null && settled);
  }

  private static @Nullable Held held(@Nullable UUID user, @Nullable Long claim) {
    return user == null || claim == null ? null : new Held(user, claim);
  }
}
