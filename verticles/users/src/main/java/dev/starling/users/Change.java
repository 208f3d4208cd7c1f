package dev.starling.users;

import java.util.UUID;

/**
 * A row of the change feed. Immutable.
 *
 * @param userId {@link #EVERYBODY} when a table was emptied or a shard has moved away
 * @param version what is stored now; for a deleted user one more than what was
 */
record Change(UUID userId, long version, boolean deleted) {
  static final UUID EVERYBODY = new UUID(0, 0);
}
