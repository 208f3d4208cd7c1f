package dev.starling.devices;

import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.device.FusionEvents.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state in which a command is booked, and why. Immutable.
 *
 * @param reason null unless rejected
 */
record Fate(CommandState state, @Nullable Rejection reason) {
  private static final Fate PENDING = new Fate(CommandState.PENDING, null);
  private static final Fate EXPIRED = new Fate(CommandState.EXPIRED, null);
  private static final Fate SUPERSEDED = new Fate(CommandState.SUPERSEDED, null);

  /**
   * How things stand for a command.
   *
   * @param corrected whether its correction came before it
   * @param open how many commands its device has that have not ended
   */
  record Standing(boolean corrected, long open) {}

  /**
   * Decides it.
   *
   * @param device null when the user has none of that id
   * @param formerDone whether it corrects a command that is done
   * @param maxOpen how many commands a device may have that have not ended
   */
  static Fate of(
      FusionEvents.Command command,
      @Nullable Device device,
      boolean formerDone,
      Standing standing,
      int maxOpen,
      Instant now) {
    if (device == null) {
      return rejected(Rejection.NO_SUCH_DEVICE);
    }
    Capability capability = Capability.of(command.intent());
    if (capability == null || !device.capabilities().contains(capability.text())) {
      return rejected(Rejection.NOT_CAPABLE);
    }
    Target target = command.target();
    if (!capability.isCompleteWith(target == null ? null : target.kind(), command.arguments())) {
      return rejected(Rejection.INCOMPLETE);
    }
    if (formerDone && !capability.isHarmless()) {
      return rejected(Rejection.FORMER_IS_DONE);
    }
    if (standing.corrected()) {
      return SUPERSEDED;
    }
    if (!now.isBefore(command.expiresAt())) {
      return EXPIRED;
    }
    return standing.open() >= maxOpen ? rejected(Rejection.TOO_MANY_OPEN) : PENDING;
  }

  private static Fate rejected(Rejection reason) {
    return new Fate(CommandState.REJECTED, reason);
  }
}
