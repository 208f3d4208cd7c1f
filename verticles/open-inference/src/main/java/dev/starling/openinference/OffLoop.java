package dev.starling.openinference;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Does what takes an event loop too long on a worker thread instead. */
final class OffLoop {
  /** Reading or writing so much JSON takes about half a millisecond. */
  static final int LOOP_BYTES = 64 * 1024;

  private final Vertx vertx;

  OffLoop(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Runs work here when it is small.
   *
   * @param jsonBytes about how much JSON it reads or writes
   */
  <T> Future<T> run(long jsonBytes, Callable<T> work) {
    if (jsonBytes > LOOP_BYTES) {
      return vertx.executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
