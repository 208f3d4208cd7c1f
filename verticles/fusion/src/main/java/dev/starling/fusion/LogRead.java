package dev.starling.fusion;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the log has found. Immutable.
 *
 * @param rows events that were not known
 * @param upTo where the next look may go on; null when this one found nothing, known or not, and
 *     the next one goes on where this one did
 */
record LogRead(List<LogRow> rows, @Nullable UpTo upTo) {

  /**
   * A snapshot of the log: what it did not show has a transaction that was not over, so its number
   * is not less than the smallest of those. Numbers are comparable as long as the server runs.
   *
   * @param server when it was started, in microseconds since 1970
   * @param transaction the smallest number of those that were not over
   */
  record UpTo(long server, long transaction) {}
}
