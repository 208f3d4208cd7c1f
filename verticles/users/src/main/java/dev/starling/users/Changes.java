package dev.starling.users;

import java.time.Instant;
import java.util.List;

/**
 * One look at the change feed. Immutable.
 *
 * @param position where the next look goes on
 * @param changes what was committed since the look before, in no particular order; at most one more
 *     than was asked for
 */
record Changes(Position position, List<Change> changes) {
  Changes {
    changes = List.copyOf(changes);
  }

  /**
   * What a look has seen.
   *
   * @param snapshot the {@code pg_snapshot} of the look
   * @param horizon transactions below this id had ended at the look
   * @param server when the server process was started: it tells one server, and one run of it, from
   *     another
   * @param takenAt the server's clock at the look
   */
  record Position(String snapshot, String horizon, Instant server, Instant takenAt) {}
}
