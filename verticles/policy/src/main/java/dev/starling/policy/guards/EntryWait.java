package dev.starling.policy.guards;

import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.bulkhead.Waiter;
import dev.starling.policy.bulkhead.Waiting;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A caller's wait at a bulkhead; ends on the caller's context. */
final class EntryWait implements Waiter {
  private final @Nullable Context context;
  private final Bulkhead bulkhead;
  private final Promise<End> end = Promise.promise();

  /** What came of it. */
  enum End {
    /** The caller is inside and must leave. */
    ENTERED,
    /** It waited for too long. */
    REFUSED,
    /** The bulkhead was closed. */
    CLOSED
  }

  /**
   * @param context of the caller; null for a thread of its own
   */
  EntryWait(@Nullable Context context, Bulkhead bulkhead) {
    this.context = context;
    this.bulkhead = bulkhead;
  }

  /** What comes of it, within a time. */
  Future<End> atMost(Vertx vertx, Waiting place, long nanos) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    long timer =
        vertx.setTimer(
            millis,
            due -> {
              // Too late to cancel means that the bulkhead has called or is about to.
              if (place.cancel()) {
                end.complete(End.REFUSED);
              }
            });
    return end.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  @Override
  public void entered(long nowNanos) {
    try {
      onContext(End.ENTERED);
    } catch (RejectedExecutionException stopping) {
      bulkhead.leave(nowNanos);
    }
  }

  @Override
  public void refused(Refusal why) {
    try {
      onContext(why == Refusal.CLOSED ? End.CLOSED : End.REFUSED);
    } catch (RejectedExecutionException stopping) {
      // There is nobody left to tell.
    }
  }

  private void onContext(End how) {
    if (context == null) {
      end.complete(how);
    } else {
      context.runOnContext(now -> end.complete(how));
    }
  }
}
