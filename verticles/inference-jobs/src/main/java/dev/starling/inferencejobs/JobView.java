package dev.starling.inferencejobs;

import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as its user sees it.
 *
 * @param version that was asked for; null for the one that the model prefers
 * @param expiresAt when it fails if it has not ended
 * @param waitingFor why it was not run yet, once that was tried; null otherwise
 * @param error why it failed; null when it did not
 */
record JobView(
    @NotNull UUID id,
    @NotNull JobState state,
    @NotNull String model,
    @Nullable String version,
    @NotNull Instant createdAt,
    @NotNull Instant expiresAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String waitingFor,
    @Nullable Failure error) {

  /**
   * Why a job failed.
   *
   * @param code a short name, e.g. {@code expired}
   * @param detail for people
   */
  record Failure(@NotNull String code, @NotNull String detail) {}

  static JobView of(Job job) {
    boolean waits = job.state() == JobState.QUEUED && !job.detail().isEmpty();
    return new JobView(
        job.id(),
        job.state(),
        job.model(),
        job.version().isEmpty() ? null : job.version(),
        job.createdAt(),
        job.expiresAt(),
        job.startedAt(),
        job.endedAt(),
        waits ? job.detail() : null,
        job.error() == null ? null : new Failure(job.error(), job.detail()));
  }

  /** As it was when it was accepted, whatever became of it since. */
  static JobView accepted(Job job) {
    return new JobView(
        job.id(),
        JobState.QUEUED,
        job.model(),
        job.version().isEmpty() ? null : job.version(),
        job.createdAt(),
        job.expiresAt(),
        null,
        null,
        null,
        null);
  }
}
