package dev.starling.cluster;

import io.vertx.core.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what no handler has caught on any context of the node.
 *
 * <p>One known case is left out. When a frame cannot be written, because its connection has just
 * broken, Vert.x 5.0 fails the frame's own context correctly and then reports that its promise had
 * been completed; for each frame that is on its way to a node that dies, with a stack trace, on the
 * event loop that should be sending the call elsewhere.
 *
 * <p>Thread-safe.
 */
final class UncaughtFailures implements Handler<Throwable> {
  private static final Logger log = LoggerFactory.getLogger(UncaughtFailures.class);
  private static final String PROMISE = "io.vertx.core.Promise";

  @Override
  public void handle(Throwable failure) {
    if (isUnsentFrame(failure)) {
      log.debug("A frame could not be written");
    } else {
      log.error("Not caught by anybody", failure);
    }
  }

  static boolean isUnsentFrame(Throwable failure) {
    if (!(failure instanceof IllegalStateException)
        || !"Promise already completed".equals(failure.getMessage())) {
      return false;
    }
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length > 1
        && trace[0].getClassName().equals(PROMISE)
        && trace[0].getMethodName().equals("fail")
        && trace[1].getClassName().equals(PROMISE)
        && trace[1].getMethodName().equals("complete");
  }
}
