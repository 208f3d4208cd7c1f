package dev.starling.contract.order;

import java.util.List;
import java.util.UUID;

/**
 * The events of orders, which are delivered by {@link dev.starling.contract.event.EventContract}.
 *
 * <p>Their subject is the order's id, their aggregate {@code order/<id>}, their owner the user who
 * ordered. Their data is a JSON object with the fields of {@link Order} in {@code snake_case};
 * there may be more of them, and consumers ignore what they do not know.
 */
public final class OrderEvents {
  /** An order was confirmed. */
  public static final String PLACED = "dev.starling.order.placed";

  /** An order that was placed before was cancelled as a whole. */
  public static final String CANCELLED = "dev.starling.order.cancelled";

  private OrderEvents() {}

  /** What was ordered, the same in both events. */
  public record Order(UUID orderId, UUID userId, List<Line> lines, Money total) {
    public Order {
      lines = List.copyOf(lines);
    }
  }

  /**
   * @param price of one piece
   */
  public record Line(String sku, long quantity, Money price) {
    public Line {
      if (sku.isEmpty() || quantity < 1) {
        throw new IllegalArgumentException(
            "line: %d of '%s' (expected: at least one of something)".formatted(quantity, sku));
      }
    }
  }

  /**
   * @param amount in the currency's minor unit: 1999 EUR are 19.99 €
   * @param currency three letters of ISO 4217
   */
  public record Money(long amount, String currency) {}
}
