package dev.starling.cluster;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops the node when the process is asked to end. */
final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private Shutdown() {}

  /** On SIGTERM or SIGINT: drain, leave, exit with 0. */
  static void onSignal(Node node) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  boolean clean = false;
                  try {
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
  }
}
