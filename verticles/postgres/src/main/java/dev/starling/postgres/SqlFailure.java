package dev.starling.postgres;

import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.TransactionRollbackException;
import java.io.IOException;
import java.io.Serializable;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why SQL failed, as a value that a verticle can decide on.
 *
 * <p>Immutable. When in doubt the kind is {@link Kind#UNKNOWN_OUTCOME}: "it did not happen" is said
 * only when that is certain.
 *
 * @param constraint the violated constraint; empty for other kinds, and for failures of JDBC
 * @param sqlState five characters of the SQL standard; empty when the server did not answer
 * @param message for the log, not for API clients: it may quote values
 */
public record SqlFailure(Kind kind, String constraint, String sqlState, String message)
    implements Serializable {

  /** How the Vert.x client says that a statement did not leave this process. */
  private static final List<String> NEVER_SENT =
      List.of(
          "Timeout waiting for connection",
          "SSL handshake failed",
          "Connection is not active now",
          "Pending requests failed to be sent");

  /** What the client says, in several types, to who waits for a connection of a replaced pool. */
  private static final String POOL_CLOSED = "Pool closed";

  /** What happened, and what the caller may conclude. */
  public enum Kind {
    /** A row with this key exists; nothing was changed. */
    UNIQUE_VIOLATION,
    /** A value the schema forbids; nothing was changed. */
    CHECK_VIOLATION,
    /** Lost a race with another transaction; nothing was changed, a retry may succeed. */
    SERIALIZATION,
    /** Took longer than allowed and was rolled back; nothing was changed. */
    TIMEOUT,
    /** No connection, or none in time; nothing was changed, a retry elsewhere or later is safe. */
    UNAVAILABLE,
    /** The connection was lost while a commit was under way: it may have happened or not. */
    UNKNOWN_OUTCOME,
    /** A mistake of ours: wrong SQL, missing right, anything else. Nothing was changed. */
    OTHER
  }

  /** Explains a failure of the Vert.x client or of JDBC. */
  public static SqlFailure classify(Throwable failure) {
    if (failure instanceof SqlException known) {
      return known.failure();
    }
    if (failure instanceof PgException e) {
      return of(e.getSqlState(), e.getConstraint(), e.getMessage());
    }
    if (failure instanceof SQLException e) {
      return of(e.getSQLState(), null, e.getMessage());
    }
    if (failure instanceof DatabaseException e) {
      return of(e.getSqlState(), null, e.getMessage());
    }
    if (failure instanceof TransactionRollbackException) {
      // The work swallowed the failure of a statement and went on as if nothing had happened.
      return of("25P02", null, failure.getMessage());
    }
    return new SqlFailure(kindOf(failure), "", "", String.valueOf(failure.getMessage()));
  }

  /** The same failure, known to have happened where nothing could be kept. */
  SqlFailure withoutEffect() {
    return kind == Kind.UNKNOWN_OUTCOME
        ? new SqlFailure(Kind.UNAVAILABLE, constraint, sqlState, message)
        : this;
  }

  private static Kind kindOf(Throwable failure) {
    if (failure instanceof ConnectionPoolTooBusyException
        || failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof UnknownHostException
        || POOL_CLOSED.equals(failure.getMessage())) {
      return Kind.UNAVAILABLE;
    }
    if (failure instanceof ClosedConnectionException || failure instanceof IOException) {
      return Kind.UNKNOWN_OUTCOME;
    }
    // The client has no types for these. Not its subclasses: a ReplyException is not from here.
    if (failure.getClass() == VertxException.class) {
      String message = String.valueOf(failure.getMessage());
      return NEVER_SENT.stream().anyMatch(message::startsWith)
          ? Kind.UNAVAILABLE
          : Kind.UNKNOWN_OUTCOME;
    }
    return Kind.OTHER;
  }

  private static SqlFailure of(
      @Nullable String sqlState, @Nullable String constraint, @Nullable String message) {
    String state = sqlState == null ? "" : sqlState;
    return new SqlFailure(
        kindOf(state), constraint == null ? "" : constraint, state, String.valueOf(message));
  }

  private static Kind kindOf(String sqlState) {
    return switch (sqlState) {
      case "23505" -> Kind.UNIQUE_VIOLATION;
      case "23514" -> Kind.CHECK_VIOLATION;
      // serialization_failure, deadlock_detected, transaction_rollback
      case "40001", "40P01", "40000" -> Kind.SERIALIZATION;
      // query_canceled, lock_not_available, idle_in_transaction and transaction time-outs
      case "57014", "55P03", "25P03", "25P04" -> Kind.TIMEOUT;
      // Refused before any statement: cannot_connect_now, too_many_connections, wrong password,
      // no such database; or, on a demoted server, read_only_sql_transaction.
      case "57P03", "53300", "28P01", "28000", "3D000", "25006" -> Kind.UNAVAILABLE;
      // The client could not connect (JDBC).
      case "08001", "08004" -> Kind.UNAVAILABLE;
      // The session was ended from outside, or the link broke; a commit may have been under way.
      case "57P01", "57P02", "57P05", "08000", "08003", "08006", "08007" -> Kind.UNKNOWN_OUTCOME;
      default -> Kind.OTHER;
    };
  }
}
