package dev.starling.users;

import java.time.Instant;
import java.util.UUID;

/**
 * A confirmed user as stored. Immutable.
 *
 * @param email as its owner wrote it
 * @param createdAt to the microsecond
 * @param version 1, then one more with each change
 */
record User(UUID id, String email, String name, Instant createdAt, long version) {}
