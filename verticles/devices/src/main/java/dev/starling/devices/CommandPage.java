package dev.starling.devices;

import dev.starling.sdk.PageCursor;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a device's commands, the newest first.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record CommandPage(@NotNull List<CommandView> commands, @Nullable String nextCursor) {

  /**
   * @param found one more than {@code limit} when the list goes on
   */
  static CommandPage of(List<Command> found, int limit, Instant now) {
    List<Command> shown = found.subList(0, Math.min(limit, found.size()));
    String next = null;
    if (found.size() > limit) {
      Command last = shown.get(limit - 1);
      next = new PageCursor(last.createdAt(), last.id()).text();
    }
    return new CommandPage(
        shown.stream().map(command -> CommandView.of(command, now)).toList(), next);
  }
}
