package dev.starling.notifications;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets so many of several works run at once; the others wait in their order. Confined to one
 * context.
 */
final class Lanes {
  private final int width;
  private final int maxWaiting;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  Lanes(int width, int maxWaiting) {
    this.width = width;
    this.maxWaiting = maxWaiting;
  }

  /** Runs {@code work} when there is room, or {@code refused} at once when too many wait. */
  <T> Future<T> run(Supplier<Future<T>> work, Supplier<Future<T>> refused) {
    if (running >= width && waiting.size() >= maxWaiting) {
      return refused.get();
    }
    Promise<T> done = Promise.promise();
    Runnable begin =
        () -> {
          running++;
          work.get()
              .onComplete(
                  ended -> {
                    running--;
                    done.handle(ended);
                    next();
                  });
        };
    if (running < width) {
      begin.run();
    } else {
      waiting.add(begin);
    }
    return done.future();
  }

  private void next() {
    Runnable begin = running < width ? waiting.poll() : null;
    if (begin != null) {
      begin.run();
    }
  }
}
