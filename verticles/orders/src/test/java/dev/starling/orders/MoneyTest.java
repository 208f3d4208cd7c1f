package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {
  private static final Money PRICE = new Money(1999, "EUR");

  @Test
  void times_and_plus_areExact() {
    assertThat(PRICE.times(3)).isEqualTo(new Money(5997, "EUR"));
    assertThat(PRICE.times(3).plus(new Money(3, "EUR"))).isEqualTo(new Money(6000, "EUR"));
    assertThat(PRICE.times(0)).isEqualTo(new Money(0, "EUR"));
  }

  @Test
  void times_uptoTheBound_isAllowedAndNoFurther() {
    Money most = new Money(Money.MAX_AMOUNT, "EUR");

    assertThat(most.times(1)).isEqualTo(most);
    assertThatThrownBy(() -> most.times(2))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("amount: 18014398509481982 (expected: <= 9007199254740991)");
    assertThatThrownBy(() -> most.times(Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void plus_beyondTheBound_isRefused() {
    Money most = new Money(Money.MAX_AMOUNT, "EUR");

    assertThatThrownBy(() -> most.plus(new Money(1, "EUR")))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void plus_otherCurrency_isRefused() {
    assertThatThrownBy(() -> PRICE.plus(new Money(1, "USD")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("currency: USD (expected: EUR)");
  }
}
