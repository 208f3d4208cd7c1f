package dev.starling.orders;

import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's orders, the newest first.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record OrderPage(@NotNull List<OrderView> orders, @Nullable String nextCursor) {

  /**
   * @param found one order more than {@code limit} when the list goes on
   */
  static OrderPage of(List<Order> found, int limit) {
    List<Order> shown = found.subList(0, Math.min(limit, found.size()));
    return new OrderPage(
        shown.stream().map(OrderView::of).toList(),
        found.size() > limit ? new OrderCursor(shown.get(limit - 1).id()).text() : null);
  }
}
