package dev.starling.sdk;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Function;

/**
 * Stands before something outside of the cluster: lets calls through, makes them wait, or refuses
 * them.
 *
 * <p>Thread-safe; called on the caller's context, on which the returned future completes.
 */
public interface CallGuard {
  /** Lets everything through. */
  CallGuard OPEN =
      new CallGuard() {
        @Override
        public <T> Future<T> run(Duration limit, Function<Duration, Future<T>> call) {
          return call.apply(limit);
        }
      };

  /**
   * Makes a call, at most once, or fails with {@link CallRefused}.
   *
   * @param limit how long the caller waits in all
   * @param call takes what is left of it; its outcome is what the caller gets
   */
  <T> Future<T> run(Duration limit, Function<Duration, Future<T>> call);
}
