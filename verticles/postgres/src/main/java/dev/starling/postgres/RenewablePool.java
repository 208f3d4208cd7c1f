package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.function.Supplier;

/**
 * A pool that can be exchanged for a new one, which is the only way to be rid of idle connections
 * that may be dead. Thread-safe.
 */
final class RenewablePool {
  private final Supplier<Pool> open;
  private volatile Pool pool;
  private boolean closed;

  RenewablePool(Supplier<Pool> open) {
    this.open = open;
    this.pool = open.get();
  }

  Pool pool() {
    return pool;
  }

  /** What comes after this gets new connections; the old ones are closed, sooner or later. */
  synchronized void renew() {
    if (!closed) {
      Pool old = pool;
      pool = open.get();
      // Not waited for: a connection that nobody answers on ends when the kernel gives it up.
      old.close();
    }
  }

  synchronized Future<Void> close() {
    closed = true;
    return pool.close();
  }
}
