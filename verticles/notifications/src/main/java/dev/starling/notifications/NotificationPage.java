package dev.starling.notifications;

import dev.starling.sdk.PageCursor;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's notifications, the newest first.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record NotificationPage(
    @NotNull List<NotificationView> notifications, @Nullable String nextCursor) {

  /**
   * @param found one more than {@code limit} when the list goes on
   */
  static NotificationPage of(List<NotificationView> found, int limit) {
    List<NotificationView> shown = found.subList(0, Math.min(limit, found.size()));
    String next = null;
    if (found.size() > limit) {
      NotificationView last = shown.get(limit - 1);
      next = new PageCursor(last.createdAt(), last.id()).text();
    }
    return new NotificationPage(List.copyOf(shown), next);
  }
}
