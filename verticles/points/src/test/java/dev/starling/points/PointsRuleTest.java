package dev.starling.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.postgres.outbox.EventRefused;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointsRuleTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0,          EUR, 0",
    "1, 99,         EUR, 0",
    "1, 100,        EUR, 1",
    "3, 1999,       EUR, 57",
    "2, 1999,       JPY, 3998",
    "1, 1999,       KWD, 1",
    "0, 1999,       EUR, 0",
    "1000, 9007199254740991, EUR, 90071992547409000"
  })
  void pointsFor_amount_countsWholeUnits(int perUnit, long amount, String currency, long points) {
    assertThat(new PointsRule(perUnit).pointsFor(new Money(amount, currency))).isEqualTo(points);
  }

  @ParameterizedTest
  @CsvSource({
    "-1,                  EUR, total.amount: -1 (expected: >= 0)",
    "1,                   ABC, total.currency: ABC (expected: a currency of ISO 4217)",
    "1,                   eur, total.currency: eur (expected: a currency of ISO 4217)",
    "1,                   XXX, total.currency: XXX (expected: a currency of ISO 4217)",
    "9223372036854775807, JPY, total.amount: 9223372036854775807 (expected: fewer than 2^63 points)"
  })
  void pointsFor_totalThatNoOrderHas_isRefused(long amount, String currency, String reason) {
    assertThatThrownBy(() -> new PointsRule(1_000).pointsFor(new Money(amount, currency)))
        .isInstanceOf(EventRefused.class)
        .hasMessage(reason);
  }
}
