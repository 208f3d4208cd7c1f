package dev.starling.policy.guards;

import dev.starling.policy.bulkhead.Entry;
import dev.starling.policy.bulkhead.Waiter;
import dev.starling.policy.bulkhead.Waiting;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A caller's wait at a bulkhead; ends on the caller's context. */
final class EntryWait implements Waiter {
  private final @Nullable Context context;
  private final Supplier<GuardRefusal> refusal;
  private final Promise<Void> entered = Promise.promise();

  /**
   * @param context of the caller; null for a thread of its own
   * @param refusal made when it does not get in
   */
  EntryWait(@Nullable Context context, Supplier<GuardRefusal> refusal) {
    this.context = context;
    this.refusal = refusal;
  }

  /** What comes of it, within a time. */
  Future<Void> atMost(Vertx vertx, Entry entry, long nanos) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    long timer =
        vertx.setTimer(
            millis,
            due -> {
              // Too late to cancel means that the bulkhead has called or is about to.
              if (entry instanceof Waiting waiting && waiting.cancel()) {
                entered.fail(refusal.get());
              }
            });
    return entered.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  @Override
  public void entered(long nowNanos) {
    onContext(entered::complete);
  }

  @Override
  public void refused(Refusal why) {
    GuardRefusal refused = refusal.get();
    onContext(() -> entered.fail(refused));
  }

  private void onContext(Runnable ending) {
    if (context == null) {
      ending.run();
    } else {
      context.runOnContext(now -> ending.run());
    }
  }
}
