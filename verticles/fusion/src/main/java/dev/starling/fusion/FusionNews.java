package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.device.FusionEvents;
import dev.starling.fusion.core.Decision;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What fusion tells the others: what was decided or corrected, what a device is to do, and what it
 * is not to do after all.
 */
final class FusionNews {
  static final String SOURCE = "/starling/fusion";
  static final String DECIDED = "dev.starling.fusion.decided";
  static final String CORRECTED = "dev.starling.fusion.corrected";

  private final Supplier<UUID> ids;
  private final Duration commandTtl;

  /**
   * @param ids of version 7
   */
  FusionNews(Supplier<UUID> ids, Duration commandTtl) {
    this.ids = ids;
    this.commandTtl = commandTtl;
  }

  /**
   * The data of both.
   *
   * @param userId whose it is
   * @param decision as clients see it
   * @param replaces the revision before; null for the first
   */
  private record Told(UUID userId, DecisionView decision, @Nullable Integer replaces) {}

  /**
   * What is to be told of a revision.
   *
   * @param replaces the last command that a revision before had given; null when none did
   */
  List<OutboxEvent> of(
      UserKey utterance, Resolved resolved, DecisionView view, @Nullable UUID replaces) {
    List<OutboxEvent> events = new ArrayList<>(2);
    boolean first = view.revision() == 1;
    events.add(
        event(
            utterance,
            first ? DECIDED : CORRECTED,
            utterance.key().id(),
            "fusion:" + utterance.user(),
            view.decidedAt(),
            new Told(utterance.user(), view, first ? null : view.revision() - 1)));
    UUID command = view.command();
    if (command != null) {
      events.add(
          event(
              utterance,
              FusionEvents.COMMAND,
              resolved.decision().device(),
              FusionEvents.aggregate(utterance.user()),
              view.decidedAt(),
              command(utterance, resolved.decision(), view, command, replaces)));
    } else if (replaces != null) {
      events.add(
          event(
              utterance,
              FusionEvents.WITHDRAWAL,
              replaces.toString(),
              FusionEvents.aggregate(utterance.user()),
              view.decidedAt(),
              new FusionEvents.Withdrawal(
                  replaces, of(utterance), view.revision(), view.decidedAt())));
    }
    return events;
  }

  private FusionEvents.Command command(
      UserKey utterance,
      Decision decision,
      DecisionView view,
      UUID command,
      @Nullable UUID replaces) {
    Decision.Target target = decision.target();
    return new FusionEvents.Command(
        command,
        of(utterance),
        view.revision(),
        view.intent(),
        decision.device(),
        target == null ? null : new FusionEvents.Target(target.kind(), target.id()),
        decision.arguments(),
        view.decidedAt(),
        view.decidedAt().plus(commandTtl),
        replaces);
  }

  private static FusionEvents.Utterance of(UserKey utterance) {
    return new FusionEvents.Utterance(utterance.key().source(), utterance.key().id());
  }

  /**
   * @param aggregate commands have one of their own: each event of an aggregate waits for the one
   *     before, and a device is not to wait for whoever hears of decisions
   */
  private OutboxEvent event(
      UserKey utterance, String type, String subject, String aggregate, Instant at, Object data) {
    return new OutboxEvent(
        ids.get(),
        SOURCE,
        type,
        subject,
        aggregate,
        utterance.user(),
        at,
        "",
        new String(Json.toBytes(data), UTF_8));
  }
}
