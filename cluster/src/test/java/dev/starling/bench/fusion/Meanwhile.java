package dev.starling.bench.fusion;

import dev.starling.load.Pause;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets devices go on, on a thread of its own, from its start until it is closed. */
final class Meanwhile implements AutoCloseable {
  private static final int PAUSE_MILLIS = 10;

  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean over;

  Meanwhile(Scenes scenes) {
    thread =
        new Thread(
            () -> {
              try {
                for (int number = 0; !over; number++) {
                  scenes.goOn(number);
                  Pause.millis(PAUSE_MILLIS);
                }
              } catch (RuntimeException e) {
                failure.set(e);
              }
            },
            "meanwhile");
  }

  void start() {
    thread.start();
  }

  /** Waits for what is under way; throws what went wrong. */
  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("events were not acknowledged", failed);
    }
  }
}
