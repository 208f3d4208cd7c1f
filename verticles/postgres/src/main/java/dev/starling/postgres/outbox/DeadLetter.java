package dev.starling.postgres.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * An event that was given up for a consumer. Immutable.
 *
 * @param shard where it is
 * @param event its id
 * @param consumer who could not take it
 * @param type what happened
 * @param aggregate to which it belongs
 * @param attempts how often it was tried
 * @param reason what the consumer said last
 * @param diedAt when it was given up, by the database's clock
 */
public record DeadLetter(
    int shard,
    UUID event,
    String consumer,
    String type,
    String aggregate,
    int attempts,
    String reason,
    Instant diedAt) {}
