package dev.starling.sdk;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets so many of several works run at once; the others wait in their order. Confined to one
 * context.
 */
public final class Lanes {
  private final int width;
  private final int maxWaiting;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int running;
  private boolean beginning;

  public Lanes(int width, int maxWaiting) {
    this.width = width;
    this.maxWaiting = maxWaiting;
  }

  /** Runs {@code work} when there is room, or {@code refused} at once when too many wait. */
  public <T> Future<T> run(Supplier<Future<T>> work, Supplier<Future<T>> refused) {
    if (running >= width && waiting.size() >= maxWaiting) {
      return refused.get();
    }
    Promise<T> done = Promise.promise();
    Runnable begin =
        () -> {
          running++;
          Future.<T>succeededFuture()
              .compose(now -> work.get())
              .onComplete(
                  ended -> {
                    running--;
                    done.handle(ended);
                    next();
                  });
        };
    waiting.add(begin);
    next();
    return done.future();
  }

  /** A loop, since works that end at once would else be as deep in each other as they are many. */
  private void next() {
    if (beginning) {
      return;
    }
    beginning = true;
    while (running < width && !waiting.isEmpty()) {
      waiting.remove().run();
    }
    beginning = false;
  }
}
