package dev.starling.points;

import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.postgres.outbox.EventRefused;
import java.util.Currency;

/**
 * How many points an amount is worth: so many for each whole unit of its currency, whatever the
 * currency.
 *
 * @param perUnit points for one unit
 */
record PointsRule(int perUnit) {

  /**
   * @throws EventRefused for an amount or a currency that no order can have
   */
  long pointsFor(Money total) {
    if (total.amount() < 0) {
      throw new EventRefused("total.amount: " + total.amount() + " (expected: >= 0)");
    }
    long whole = total.amount() / minorUnits(total.currency());
    try {
      return Math.multiplyExact(whole, perUnit);
    } catch (ArithmeticException e) {
      throw new EventRefused(
          "total.amount: " + total.amount() + " (expected: fewer than 2^63 points)");
    }
  }

  /** E.g. 100 for EUR, 1 for JPY. */
  private static long minorUnits(String code) {
    int digits;
    try {
      digits = Currency.getInstance(code).getDefaultFractionDigits();
    } catch (IllegalArgumentException e) {
      digits = -1;
    }
    if (digits < 0) {
      throw new EventRefused("total.currency: " + code + " (expected: a currency of ISO 4217)");
    }
    long units = 1;
    for (int i = 0; i < digits; i++) {
      units *= 10;
    }
    return units;
  }
}
