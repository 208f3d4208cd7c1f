package dev.starling.postgres;

import java.time.Duration;

/**
 * How long a singleton belongs to its owner without a word from it.
 *
 * @param length by the database's clock, from the last renewal
 * @param renewal how often the owner renews and the others try to become it
 * @param limit longest wait for an answer to either
 */
record Lease(Duration length, Duration renewal, Duration limit) {
  /**
   * Two renewals may fail before the third comes too late; a killed owner is replaced within a
   * lease and a renewal, 6.5 s.
   */
  static final Lease DEFAULT =
      new Lease(Duration.ofSeconds(5), Duration.ofMillis(1_500), Duration.ofSeconds(1));
}
