package dev.starling.outbox;

import dev.starling.outbox.OpenEvent.Key;
import java.util.List;

/**
 * What is to be written after events of a shard were sent. Immutable.
 *
 * @param done nobody is left who is to have them
 * @param later somebody is
 * @param dead what is given up for a consumer
 */
record Marks(List<Key> done, List<Later> later, List<Dead> dead) {

  /**
   * @param nextMillis when it is to be looked at again, by the database's clock since 1970
   */
  record Later(Key key, String aggregate, Progress progress, long nextMillis) {}

  record Dead(Key key, String consumer, int attempts, String reason) {}

  Marks {
    done = List.copyOf(done);
    later = List.copyOf(later);
    dead = List.copyOf(dead);
  }
}
