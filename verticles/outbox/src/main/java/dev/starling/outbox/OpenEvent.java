package dev.starling.outbox;

import dev.starling.contract.event.EventContract.Event;
import java.util.List;
import java.util.Set;

/**
 * An event that somebody has not taken, as it was read. Immutable.
 *
 * @param key where it is
 * @param event what is sent
 * @param consumers who is to have it, and has neither taken it nor given it up
 * @param progress how far they are
 */
record OpenEvent(Key key, Event event, Set<String> consumers, Progress progress) {

  /**
   * @param slot the partition
   */
  record Key(short slot, long seq) {}

  OpenEvent {
    consumers = Set.copyOf(consumers);
  }

  /** Who is to be tried now. */
  List<String> due(long nowMillis) {
    return consumers.stream()
        .filter(consumer -> progress.of(consumer).nextMillis() <= nowMillis)
        .sorted()
        .toList();
  }
}
