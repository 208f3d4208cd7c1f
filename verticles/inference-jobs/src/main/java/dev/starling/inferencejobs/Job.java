package dev.starling.inferencejobs;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is stored, without what is large. Immutable.
 *
 * @param version of the model that was asked for; empty for the one that it prefers
 * @param callbackUrl empty for none
 * @param traceparent of the request that made it; empty for none
 * @param expiresAt when it fails if it has not ended
 * @param startedAt when it was begun first; null when it was not
 * @param endedAt null when it has not
 * @param error a short name of why it failed; null when it did not
 * @param detail why it failed or what it waits for, for people; may be empty
 */
record Job(
    UUID id,
    UUID userId,
    String model,
    String version,
    String callbackUrl,
    String traceparent,
    JobState state,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    String detail) {}
