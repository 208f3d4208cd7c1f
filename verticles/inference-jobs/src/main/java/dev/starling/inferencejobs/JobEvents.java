package dev.starling.inferencejobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import java.time.Instant;
import java.util.UUID;

/** The events of a job: to run it, and to tell of its end. Without state. */
final class JobEvents {
  /** Who runs jobs, and who tells of their ends. */
  static final String RUNS = "inference-jobs";

  static final String CALLBACKS = "inference-callbacks";

  static final String ENDED = "dev.starling.inference.job.ended";
  private static final String CREATED = "dev.starling.inference.job.created";
  private static final String SOURCE = "/starling/inference-jobs";

  private JobEvents() {}

  /** What {@link #run} tells. */
  record Run(UUID jobId, UUID userId) {}

  /**
   * What {@link #ended} tells: all that is sent, since the job may be gone when it is.
   *
   * @param url where to
   * @param error a short name of why it failed; empty when it did not
   */
  record Ended(
      UUID jobId,
      UUID userId,
      String url,
      JobState state,
      String model,
      Instant createdAt,
      Instant endedAt,
      String error) {}

  /** Asks for a job to be run, until it has ended. */
  static OutboxEvent run(Job job) {
    return event(
            job.id(),
            CREATED,
            job,
            "inference-job/",
            job.createdAt(),
            new Run(job.id(), job.userId()))
        .withConsumer(RUNS);
  }

  /**
   * Asks for its end to be told.
   *
   * @param id new
   */
  static OutboxEvent ended(UUID id, Job job, Instant at) {
    Ended data =
        new Ended(
            job.id(),
            job.userId(),
            job.callbackUrl(),
            job.state(),
            job.model(),
            job.createdAt(),
            at,
            job.error() == null ? "" : job.error());
    // An aggregate of its own: it does not wait for the event that had the job run.
    return event(id, ENDED, job, "inference-callback/", at, data).withConsumer(CALLBACKS);
  }

  private static OutboxEvent event(
      UUID id, String type, Job job, String aggregate, Instant time, Record data) {
    return new OutboxEvent(
        id,
        SOURCE,
        type,
        job.id().toString(),
        aggregate + job.id(),
        job.userId(),
        time,
        job.traceparent(),
        new String(Json.toBytes(data), UTF_8));
  }
}
