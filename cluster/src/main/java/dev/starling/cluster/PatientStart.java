package dev.starling.cluster;

import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what needs the database, and again while that has no connection or no time for it: where
 * many nodes start at once it is at its busiest. Thread-safe.
 */
final class PatientStart {
  private static final Logger log = LoggerFactory.getLogger(PatientStart.class);

  /** What takes longer is a problem that an operator should see. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Vertx vertx;
  private final LongSupplier nanoTime;
  private final Duration pause;

  PatientStart(Vertx vertx) {
    this(vertx, System::nanoTime, PAUSE);
  }

  PatientStart(Vertx vertx, LongSupplier nanoTime, Duration pause) {
    this.vertx = vertx;
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  /**
   * Calls {@code start} until it succeeds, fails with something that will not pass, or has been
   * tried for {@link #LIMIT}.
   *
   * @param what for the log
   * @param start leaves nothing behind when it fails, or goes on where it was
   */
  <T> Future<T> start(String what, Supplier<Future<T>> start) {
    return attempt(what, start, nanoTime.getAsLong() + LIMIT.toNanos());
  }

  private <T> Future<T> attempt(String what, Supplier<Future<T>> start, long endNanos) {
    return start
        .get()
        .recover(
            failure -> {
              SqlFailure passing = passing(failure);
              if (passing == null || nanoTime.getAsLong() + pause.toNanos() - endNanos > 0) {
                return Future.failedFuture(failure);
              }
              log.warn("{} cannot start yet: {}", what, passing.message());
              return vertx
                  .timer(pause.toMillis(), TimeUnit.MILLISECONDS)
                  .compose(rested -> attempt(what, start, endNanos));
            });
  }

  /** Why the database could not serve it now; null when trying again is of no use. */
  private static @Nullable SqlFailure passing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // Also what the client itself says: not every start goes through a unit of work.
      SqlFailure found = SqlFailure.classify(cause);
      if (found.kind() == SqlFailure.Kind.UNAVAILABLE || found.kind() == SqlFailure.Kind.TIMEOUT) {
        return found;
      }
      if (cause instanceof SqlException) {
        return null;
      }
    }
    return null;
  }
}
