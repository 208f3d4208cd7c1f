package dev.starling.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * An amount in a currency's minor unit: 1999 EUR are 19.99 €. Immutable.
 *
 * <p>Arithmetic is exact: a result beyond {@link #MAX_AMOUNT} is an {@link ArithmeticException}.
 *
 * @param amount in minor units, not negative
 * @param currency three letters of ISO 4217
 */
record Money(
    @Min(0) @Max(MAX_AMOUNT) long amount,
    @NotNull @Pattern(regexp = "^[A-Z]{3}$", message = "must be three letters as in ISO 4217")
        String currency) {
  /** What JSON numbers hold exactly everywhere: 2^53 - 1. */
  static final long MAX_AMOUNT = (1L << 53) - 1;

  /** So many times as much. */
  Money times(long count) {
    return bounded(Math.multiplyExact(amount, count));
  }

  /**
   * Both together.
   *
   * @throws IllegalArgumentException when the currencies differ
   */
  Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException(
          "currency: " + other.currency + " (expected: " + currency + ")");
    }
    return bounded(Math.addExact(amount, other.amount));
  }

  private Money bounded(long sum) {
    if (sum > MAX_AMOUNT) {
      throw new ArithmeticException("amount: " + sum + " (expected: <= " + MAX_AMOUNT + ")");
    }
    return new Money(sum, currency);
  }
}
