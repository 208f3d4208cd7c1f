package dev.starling.sdk;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Work in the background that needs others, who may not be there yet: it is tried until it
 * succeeds, after pauses that double up to a minute; the log warns of it when it takes longer than
 * a start does. For what a service wants to have done some time after its start, without its start
 * depending on it.
 *
 * <p>Confined to one context. Whoever begins it closes it.
 */
public final class UntilDone implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Up to here whoever is missing may just be starting too. */
  private static final Duration QUIET_PAUSE = Duration.ofSeconds(8);

  private static final long NONE = -1;

  private static final Logger log = LoggerFactory.getLogger(UntilDone.class);

  private final Vertx vertx;
  private final String what;
  private final Supplier<Future<Void>> work;
  private final Duration firstPause;
  private Duration pause;
  private long timer = NONE;
  private boolean running;
  private boolean closed;

  /**
   * Begins nothing yet.
   *
   * @param what is to be done, for the log: "what was not done: why"
   * @param work one attempt; it ends within a deadline of its own
   */
  public UntilDone(Vertx vertx, String what, Supplier<Future<Void>> work) {
    this(vertx, what, work, FIRST_PAUSE);
  }

  UntilDone(Vertx vertx, String what, Supplier<Future<Void>> work, Duration firstPause) {
    this.vertx = vertx;
    this.what = what;
    this.work = work;
    this.firstPause = firstPause;
    this.pause = firstPause;
  }

  /** Tries at once; does nothing while it is at it, or waits to try again. */
  public void begin() {
    if (running || timer != NONE || closed) {
      return;
    }
    running = true;
    Future.<Void>succeededFuture()
        .compose(now -> work.get())
        .onComplete(
            done -> {
              running = false;
              if (done.succeeded()) {
                pause = firstPause;
              } else {
                later(done.cause());
              }
            });
  }

  private void later(Throwable failure) {
    if (closed) {
      return;
    }
    log.atLevel(pause.compareTo(QUIET_PAUSE) < 0 ? Level.DEBUG : Level.WARN)
        .log("{} is tried again in {} ms: {}", what, pause.toMillis(), String.valueOf(failure));
    timer =
        vertx.setTimer(
            pause.toMillis(),
            due -> {
              timer = NONE;
              begin();
            });
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /** Tries no more; an attempt that runs ends by itself. */
  @Override
  public void close() {
    closed = true;
    if (timer != NONE) {
      vertx.cancelTimer(timer);
      timer = NONE;
    }
  }
}
