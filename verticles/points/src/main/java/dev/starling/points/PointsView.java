package dev.starling.points;

import dev.starling.sdk.PageCursor;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user's points as clients see them.
 *
 * @param entries what they come from, the newest first
 * @param nextCursor where the entries go on; null at their end
 */
record PointsView(
    @NotNull UUID userId,
    @NotNull long balance,
    @NotNull List<EntryView> entries,
    @Nullable String nextCursor) {

  /**
   * @param kind {@code order-placed} or {@code order-cancelled}
   */
  record EntryView(
      @NotNull UUID orderId,
      @NotNull String kind,
      @NotNull long points,
      @NotNull Instant createdAt) {}

  /**
   * @param account has one entry more than {@code limit} when the ledger goes on
   */
  static PointsView of(UUID user, Account account, int limit) {
    List<Entry> found = account.entries();
    List<Entry> shown = found.subList(0, Math.min(limit, found.size()));
    String next = null;
    if (found.size() > limit) {
      Entry last = shown.get(limit - 1);
      next = new PageCursor(last.createdAt(), last.event()).text();
    }
    return new PointsView(
        user,
        account.balance(),
        shown.stream()
            .map(e -> new EntryView(e.orderId(), e.kind(), e.points(), e.createdAt()))
            .toList(),
        next);
  }
}
