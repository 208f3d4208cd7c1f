package dev.starling.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a file was replaced or written to since this was made, which is before the file is
 * read for the first time: what is written in between is read again rather than missed.
 *
 * <p>Thread-safe; the file system is asked on worker threads.
 */
final class FileWatch {
  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
  private static final long POLL_MILLIS = 1_000;

  private final String content;
  private final Supplier<@Nullable Path> file;
  private FileStamp stamp;

  /**
   * Blocks for the file system.
   *
   * @param content what the file holds, for the log
   * @param file asked each time; null while there is none
   */
  FileWatch(String content, Supplier<@Nullable Path> file) {
    this.content = content;
    this.file = file;
    this.stamp = FileStamp.of(file.get());
  }

  /** Looks at the file each second until the returned function is called. */
  <T> Runnable start(Vertx vertx, Supplier<Future<T>> reading) {
    long timer = vertx.setPeriodic(POLL_MILLIS, tick -> look(vertx, reading));
    return () -> vertx.cancelTimer(timer);
  }

  /** Has the file read if it has changed since it was looked at last. */
  <T> Future<?> look(Vertx vertx, Supplier<Future<T>> reading) {
    return vertx
        .executeBlocking(() -> FileStamp.of(file.get()), false)
        .compose(now -> take(now) ? reading.get() : Future.succeededFuture())
        .onFailure(bug -> log.error("The {} was not reloaded", content, bug));
  }

  private synchronized boolean take(FileStamp now) {
    boolean changed = !now.equals(stamp);
    stamp = now;
    return changed;
  }
}
