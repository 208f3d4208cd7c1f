package dev.starling.risk;

import dev.starling.contract.order.OrderEvents.Line;
import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.EventRefused;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.UUID;

/**
 * What is known of an order by itself. Immutable.
 *
 * @param amount in whole units of its currency
 * @param lines how many it has, 1 or more
 * @param maxQuantity the most pieces of a line
 * @param maxPrice of the dearest piece, in whole units
 * @param articles different ones, sorted
 */
public record PlacedOrder(
    UUID id,
    UUID user,
    double amount,
    int lines,
    long maxQuantity,
    double maxPrice,
    List<String> articles,
    Instant at) {

  public PlacedOrder {
    articles = List.copyOf(articles);
  }

  /**
   * Reads what an event tells.
   *
   * @throws EventRefused for an order without lines, and an amount or a currency that none can have
   */
  static PlacedOrder of(Order order, Instant at) {
    if (order.lines().isEmpty()) {
      throw new EventRefused("lines: none (expected: at least one)");
    }
    return new PlacedOrder(
        order.orderId(),
        order.userId(),
        units("total", order.total()),
        order.lines().size(),
        order.lines().stream().mapToLong(Line::quantity).max().orElseThrow(),
        order.lines().stream()
            .mapToDouble(line -> units("price", line.price()))
            .max()
            .orElseThrow(),
        order.lines().stream().map(Line::sku).distinct().sorted().toList(),
        at);
  }

  private static double units(String what, Money money) {
    if (money.amount() < 0) {
      throw new EventRefused(what + ".amount: " + money.amount() + " (expected: >= 0)");
    }
    int digits;
    try {
      digits = Currency.getInstance(money.currency()).getDefaultFractionDigits();
    } catch (IllegalArgumentException e) {
      digits = -1;
    }
    if (digits < 0) {
      throw new EventRefused(
          what + ".currency: " + money.currency() + " (expected: a currency of ISO 4217)");
    }
    return money.amount() / StrictMath.pow(10, digits);
  }
}
