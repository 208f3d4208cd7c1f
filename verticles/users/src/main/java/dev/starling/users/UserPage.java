package dev.starling.users;

import dev.starling.sdk.PageCursor;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the list of users.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record UserPage(@NotNull List<UserView> users, @Nullable String nextCursor) {

  /**
   * @param found one user more than {@code limit} when the list goes on
   */
  static UserPage of(List<User> found, int limit) {
    List<User> shown = found.subList(0, Math.min(limit, found.size()));
    User last = found.size() > limit ? shown.get(limit - 1) : null;
    return new UserPage(
        shown.stream().map(UserView::of).toList(),
        last == null ? null : new PageCursor(last.createdAt(), last.id()).text());
  }
}
