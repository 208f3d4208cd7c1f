package dev.starling.sdk;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Brings a future's completion to the context that waits for it. */
final class Hop {
  private Hop() {}

  /**
   * The same outcome, delivered on {@code context}. A future completes on the thread of whoever
   * completes it, which for work that several contexts share is at most one of theirs; what is
   * registered from there would belong to the wrong event loop.
   */
  static <T> Future<T> to(Context context, Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(
        result ->
            context.runOnContext(
                now -> {
                  if (result.succeeded()) {
                    promise.complete(result.result());
                  } else {
                    promise.fail(result.cause());
                  }
                }));
    return promise.future();
  }
}
