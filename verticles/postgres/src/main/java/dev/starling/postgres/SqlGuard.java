package dev.starling.postgres;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Function;

/**
 * Stands before the database: lets work through, makes it wait, or refuses it.
 *
 * <p>Called on the caller's context, by any of a node's; the returned future completes on it.
 */
public interface SqlGuard {
  /** Lets everything through. */
  SqlGuard NONE =
      new SqlGuard() {
        @Override
        public <T> Future<T> run(Duration limit, Function<Duration, Future<T>> work) {
          return work.apply(limit);
        }
      };

  /**
   * Runs the work, at most once, or fails with a {@link SqlException} of the kind {@code
   * UNAVAILABLE}.
   *
   * @param limit how long the caller waits
   * @param work takes what is left of it; its outcome is what the caller gets
   */
  <T> Future<T> run(Duration limit, Function<Duration, Future<T>> work);
}
