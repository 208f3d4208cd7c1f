package dev.starling.inferencejobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.inferencejobs.JobEvents.Ended;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.sdk.Json;
import dev.starling.sdk.Lanes;
import dev.starling.webhook.Delivery;
import dev.starling.webhook.Outcome;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends the ends of jobs to web-hooks, so many at once. Confined to the context of its instance.
 *
 * <p>At least once: when the answer to a delivery is lost it comes again, with the same {@code
 * webhook-id}.
 */
final class Callbacks {
  /** An attempt that has begun is given this much; less is not worth beginning. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** What is kept of the caller's time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(50);

  private static final int MAX_WAITING = 10_000;

  private final WebhookSender sender;
  private final Lanes lanes;

  /** What is sent, as Standard Webhooks has it. */
  record Body(String type, Instant timestamp, Told data) {}

  /**
   * What became of a job; its result is asked for by whoever may have it.
   *
   * @param error a short name of why it failed; null when it did not
   */
  record Told(
      UUID id,
      JobState state,
      String model,
      Instant createdAt,
      Instant endedAt,
      @Nullable String error) {}

  Callbacks(WebhookSender sender) {
    this.sender = sender;
    this.lanes = new Lanes(sender.maxInFlight(), MAX_WAITING);
  }

  Future<Receipt> receive(EventBatch batch, CallContext context) {
    List<Future<Settled>> each =
        batch.events().stream()
            .map(
                event ->
                    lanes.run(
                        () -> one(batch.shard(), event, context),
                        () -> settled(Verdict.POSTPONED, "too many wait to be sent")))
            .toList();
    return Future.join(each).map(all -> new Receipt(each.stream().map(Future::result).toList()));
  }

  /** Never fails. */
  private Future<Settled> one(int shard, Event event, CallContext context) {
    Ended ended;
    try {
      ended = EventData.read(event, shard, Ended.class, Ended::userId);
    } catch (EventRefused refused) {
      return settled(Verdict.NEVER, String.valueOf(refused.getMessage()));
    }
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    if (left.compareTo(SHORTEST) < 0) {
      return settled(Verdict.POSTPONED, "no time was left for it");
    }
    Told told =
        new Told(
            ended.jobId(),
            ended.state(),
            ended.model(),
            ended.createdAt(),
            ended.endedAt(),
            ended.error().isEmpty() ? null : ended.error());
    String json = new String(Json.toBytes(new Body(JobEvents.ENDED, ended.endedAt(), told)), UTF_8);
    return sender
        .send(new Delivery(event.id(), ended.url(), json), left)
        .compose(Callbacks::settled);
  }

  private static Future<Settled> settled(Outcome outcome) {
    if (outcome instanceof Outcome.Later later) {
      return settled(Verdict.LATER, later.reason());
    }
    return outcome instanceof Outcome.Never never
        ? settled(Verdict.NEVER, never.reason())
        : Future.succeededFuture(Settled.DONE);
  }

  private static Future<Settled> settled(Verdict verdict, String reason) {
    return Future.succeededFuture(new Settled(verdict, reason));
  }
}
