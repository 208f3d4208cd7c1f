package dev.starling.cluster;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the node when the process is asked to end.
 *
 * <p>It is asked once: a second signal changes nothing, since the JVM takes no more of them while
 * it ends. What does not end in time is cut.
 */
final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  /** After draining: undeploying, leaving the cluster, the database. */
  private static final Duration LEAVING = Duration.ofSeconds(4);

  private Shutdown() {}

  /** On SIGTERM, SIGINT or {@code POST /drain}: drain, leave, exit with 0. */
  static void onSignal(Node node) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  boolean clean = false;
                  try {
                    haltAfter(node.drainLimit().plus(LEAVING));
                    node.stop();
                    clean = true;
                  } catch (RuntimeException e) {
                    log.error("The node did not stop cleanly", e);
                  } finally {
                    // A JVM that ends on a signal reports 143; an orderly stop is a success.
                    Runtime.getRuntime().halt(clean ? 0 : 1);
                  }
                },
                "starling-shutdown"));
    // System.exit waits for the hook, which ends the process.
    node.drainWith(() -> System.exit(0));
  }

  private static void haltAfter(Duration limit) {
    Thread watchdog =
        new Thread(
            () -> {
              try {
                Thread.sleep(limit.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              log.error("The node did not stop within {} s", limit.toSeconds());
              Runtime.getRuntime().halt(1);
            },
            "starling-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }
}
