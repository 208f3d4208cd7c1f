package dev.starling.devices;

import dev.starling.contract.device.FusionEvents.Target;
import dev.starling.contract.device.FusionEvents.Utterance;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command as it is stored. Immutable.
 *
 * @param seq grows in the order in which a device gets its commands
 * @param intent of a rejected one it may be any text
 * @param reason null unless rejected
 * @param replaces the command that it corrects; null for none
 * @param deliveredAt null while nobody has fetched it
 * @param endedAt when it came into the state that it stays in; null while it is open
 * @param ack null unless acknowledged
 */
record Command(
    UUID userId,
    UUID id,
    long seq,
    String device,
    String intent,
    @Nullable Target target,
    Map<String, String> arguments,
    Utterance decision,
    int revision,
    @Nullable UUID replaces,
    CommandState state,
    @Nullable Rejection reason,
    Instant issuedAt,
    Instant expiresAt,
    Instant createdAt,
    @Nullable Instant deliveredAt,
    @Nullable Instant endedAt,
    @Nullable Acknowledgement ack) {

  /** The state that it is in at a time, which the sweeper may not have written yet. */
  CommandState stateAt(Instant now) {
    return state.isOpen() && !now.isBefore(expiresAt) ? CommandState.EXPIRED : state;
  }

  /** Likewise, when it ended; null while it is open. */
  @Nullable Instant endedAt(Instant now) {
    return state.isOpen() && stateAt(now) == CommandState.EXPIRED ? expiresAt : endedAt;
  }
}
