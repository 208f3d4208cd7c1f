package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A pool that can be exchanged for a new one, which is the only way to be rid of idle connections
 * that may be dead. Thread-safe.
 */
final class RenewablePool {
  private final Supplier<Pool> open;
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile Pool pool;
  private boolean closed;

  RenewablePool(Supplier<Pool> open) {
    this.open = open;
    this.pool = open.get();
  }

  Pool pool() {
    return pool;
  }

  /**
   * Exchanges the pool when the new one is ready; what comes after that gets new connections. Fails
   * and changes nothing when the new one cannot be made ready, or another exchange is under way.
   *
   * @param ready what to do with the new pool first, within a time of its own
   */
  Future<Void> renew(Function<Pool, Future<?>> ready) {
    if (!renewing.compareAndSet(false, true)) {
      return Future.failedFuture("the pool is being exchanged already");
    }
    Pool fresh = open.get();
    return ready
        .apply(fresh)
        .<Void>mapEmpty()
        .onSuccess(done -> retire(exchange(fresh)))
        .onFailure(failure -> retire(fresh))
        .onComplete(done -> renewing.set(false));
  }

  synchronized Future<Void> close() {
    closed = true;
    return pool.close();
  }

  /** Gives the pool that is not needed any more. */
  private synchronized Pool exchange(Pool fresh) {
    if (closed) {
      return fresh;
    }
    Pool old = pool;
    pool = fresh;
    return old;
  }

  /** Not waited for: a connection that nobody answers on ends when the kernel gives it up. */
  private static void retire(Pool old) {
    old.close();
  }
}
