package dev.starling.postgres;

import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the server stop statements whose caller waits no more.
 *
 * <p>Thread-safe; a lock is held for some nanoseconds.
 */
final class StatementTimeouts {
  /*
   * A SET for each use of a connection, and one to take it back, would halve the throughput of point
   * reads (docs/adr/0022). So a connection keeps what it was told last, times are cut down to one of
   * four steps for each power of two, and a SET is sent only when the step is another one. Callers
   * with much the same deadline find what they need.
   *
   * What is not known of a connection is set. So forgetting one costs a SET, and the number that is
   * remembered can be bounded without looking at which of them still live.
   */
  private static final int STEP_BITS = 2;

  /** So much earlier the server stops, so that it is its answer that the caller gets. */
  private static final long ANSWER_MILLIS = 10;

  private static final int SHARE_OF_ANSWER = 10;

  private final long longestMillis;
  private final Map<Session, Long> known;

  /** A connection as the server knows it; the secret tells a process id that is used again. */
  private record Session(int process, int secret) {}

  /**
   * @param longest what connections begin with
   * @param remembered of how many connections; a few times as many as there are at once
   */
  StatementTimeouts(Duration longest, int remembered) {
    this.longestMillis = longest.toMillis();
    this.known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Session, Long> eldest) {
            return size() > remembered;
          }
        };
  }

  /**
   * Bounds the statements that are sent on this connection next. Not waited for: what comes after
   * it on the connection is executed after it, or not at all.
   *
   * @param leftMillis how long the caller still waits
   */
  void bound(SqlConnection connection, long leftMillis) {
    long wanted = step(leftMillis, longestMillis);
    PgConnection server = PgConnection.cast(connection);
    Long before = remember(new Session(server.processId(), server.secretKey()), wanted);
    if (before == null || before != wanted) {
      connection.query("SET statement_timeout TO " + wanted).execute();
    }
  }

  /** The longest: the caller has no deadline. */
  void unbound(SqlConnection connection) {
    bound(connection, Long.MAX_VALUE);
  }

  /**
   * What a statement may take, never more than is left and never nothing, which would be for ever.
   */
  static long step(long leftMillis, long longestMillis) {
    long useful = leftMillis - Math.min(ANSWER_MILLIS, leftMillis / SHARE_OF_ANSWER);
    if (useful >= longestMillis) {
      return longestMillis;
    }
    long positive = Math.max(1, useful);
    int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(positive) - STEP_BITS);
    return positive >> shift << shift;
  }

  private synchronized @Nullable Long remember(Session session, long millis) {
    return known.put(session, millis);
  }
}
