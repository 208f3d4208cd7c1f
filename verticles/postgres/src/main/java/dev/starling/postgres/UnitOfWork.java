package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One use of a pooled connection, with a deadline and an honest outcome.
 *
 * <p>Runs on the caller's context. When the deadline passes the caller hears it at once; the
 * connection goes back to the pool when the server has answered, and a transaction that was not yet
 * committing is rolled back and never committed. The clock is read before anything takes effect and
 * the timer is not relied on for that: in a process that stood still, answers of the database may
 * be handled before the timers that have long been due.
 *
 * <p>The server stops a statement that its caller would not wait for any more: {@link
 * StatementTimeouts}.
 */
final class UnitOfWork<T> {
  /** Whether a lost connection can have left a change behind. */
  enum Mode {
    /** Changes nothing. */
    READ,
    /** One statement, which commits by itself. */
    WRITE,
    /** Everything between BEGIN and COMMIT. */
    TRANSACTION
  }

  private enum Phase {
    HARMLESS,
    COMMITTING,
    OVER
  }

  private final Mode mode;
  private final Duration limit;
  private final StatementTimeouts timeouts;
  private final long deadlineNanos;
  private final Function<SqlConnection, Future<T>> work;
  private final Promise<T> outcome = Promise.promise();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.HARMLESS);

  private UnitOfWork(
      Mode mode,
      Duration limit,
      StatementTimeouts timeouts,
      Function<SqlConnection, Future<T>> work) {
    this.mode = mode;
    this.limit = limit;
    this.timeouts = timeouts;
    this.deadlineNanos = System.nanoTime() + limit.toNanos();
    this.work = work;
  }

  /**
   * @param limit how long the caller waits
   * @param timeouts of the pool's connections
   */
  static <T> Future<T> run(
      Vertx vertx,
      Pool pool,
      Mode mode,
      Duration limit,
      StatementTimeouts timeouts,
      Function<SqlConnection, Future<T>> work) {
    UnitOfWork<T> unit = new UnitOfWork<>(mode, limit, timeouts, work);
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), id -> unit.expire());
    pool.getConnection().onComplete(unit::use, unit::unavailable);
    return unit.outcome.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private void use(SqlConnection connection) {
    if (phase.get() == Phase.OVER || (mode == Mode.WRITE && !beginCommit())) {
      expire();
      connection.close();
      return;
    }
    timeouts.bound(connection, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    Future<T> result = mode == Mode.TRANSACTION ? transaction(connection) : attempt(connection);
    result.onComplete(
        done -> {
          // Not waited for: that a broken connection cannot be closed must not hide the outcome.
          connection.close();
          if (done.succeeded()) {
            succeed(done.result());
          } else {
            fail(done.cause());
          }
        });
  }

  private Future<T> transaction(SqlConnection connection) {
    return connection
        .begin()
        .compose(
            transaction ->
                attempt(connection)
                    .compose(
                        value -> commit(transaction, value),
                        failure -> rollback(transaction, failure)));
  }

  private Future<T> attempt(SqlConnection connection) {
    try {
      return work.apply(connection);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<T> commit(Transaction transaction, T value) {
    if (!beginCommit()) {
      expire();
      return rollback(transaction, new IllegalStateException("the deadline passed"));
    }
    return transaction.commit().map(value);
  }

  private Future<T> rollback(Transaction transaction, Throwable failure) {
    return transaction.rollback().transform(ignored -> Future.failedFuture(failure));
  }

  private boolean beginCommit() {
    return System.nanoTime() - deadlineNanos < 0
        && phase.compareAndSet(Phase.HARMLESS, Phase.COMMITTING);
  }

  private void succeed(@Nullable T value) {
    phase.set(Phase.OVER);
    outcome.tryComplete(value);
  }

  private void fail(Throwable failure) {
    boolean harmless = phase.getAndSet(Phase.OVER) == Phase.HARMLESS;
    SqlFailure known = SqlFailure.classify(failure);
    if (known.kind() == SqlFailure.Kind.OTHER && known.sqlState().isEmpty()) {
      // Not from the database: the verticle's own failure goes to the verticle as it is.
      outcome.tryFail(failure);
    } else {
      outcome.tryFail(new SqlException(harmless ? known.withoutEffect() : known, failure));
    }
  }

  private void unavailable(Throwable failure) {
    phase.set(Phase.OVER);
    String message = "no connection: " + failure.getMessage();
    outcome.tryFail(
        new SqlException(new SqlFailure(SqlFailure.Kind.UNAVAILABLE, "", "", message), failure));
  }

  private void expire() {
    boolean committing = phase.getAndSet(Phase.OVER) == Phase.COMMITTING;
    SqlFailure.Kind kind = committing ? SqlFailure.Kind.UNKNOWN_OUTCOME : SqlFailure.Kind.TIMEOUT;
    outcome.tryFail(
        new SqlException(new SqlFailure(kind, "", "", "no answer within " + limit), null));
  }
}
