package dev.starling.devices;

import dev.starling.contract.device.FusionEvents.Target;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command as its user and its device see it.
 *
 * @param id the same each time that the device gets it, which carries it out once
 * @param sequence grows; of two commands the one with the larger number was booked later
 * @param reason why it was rejected; null when it was not
 * @param replaces the command that it corrects; null for none
 */
record CommandView(
    @NotNull UUID id,
    @NotNull String device,
    @NotNull long sequence,
    @NotNull CommandState state,
    @Nullable Rejection reason,
    @NotNull String intent,
    @Nullable TargetView target,
    @NotNull Map<String, String> arguments,
    @NotNull DecisionView decision,
    @Nullable UUID replaces,
    @NotNull Instant issuedAt,
    @NotNull Instant expiresAt,
    @Nullable Instant deliveredAt,
    @Nullable Instant endedAt,
    @Nullable Acknowledgement ack) {

  /**
   * @param kind {@code image} or {@code device}
   */
  record TargetView(@NotNull String kind, @NotNull String id) {
    static @Nullable TargetView of(@Nullable Target target) {
      return target == null ? null : new TargetView(target.kind(), target.id());
    }
  }

  /**
   * The utterance that it comes from.
   *
   * @param revision of the decision, 1 for the first
   */
  record DecisionView(@NotNull String source, @NotNull String id, @NotNull int revision) {}

  /** As it stands at a time. */
  static CommandView of(Command command, Instant now) {
    return new CommandView(
        command.id(),
        command.device(),
        command.seq(),
        command.stateAt(now),
        command.reason(),
        command.intent(),
        TargetView.of(command.target()),
        command.arguments(),
        new DecisionView(command.decision().source(), command.decision().id(), command.revision()),
        command.replaces(),
        command.issuedAt(),
        command.expiresAt(),
        command.deliveredAt(),
        command.endedAt(now),
        command.ack());
  }
}
