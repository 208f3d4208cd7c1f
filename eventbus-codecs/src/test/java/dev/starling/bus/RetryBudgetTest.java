package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RetryBudgetTest {

  @Test
  void reserve_spentAtOnce_isAllThereIs() {
    RetryBudget budget = new RetryBudget(3);

    assertThat(spendAll(budget)).isEqualTo(3);
  }

  @Test
  void calls_afterTheReserveIsSpent_earnATenth() {
    RetryBudget budget = new RetryBudget(100);
    spendAll(budget);
    for (int i = 0; i < 250; i++) {
      budget.called();
    }

    assertThat(spendAll(budget)).isEqualTo(25);
  }

  @Test
  void calls_withoutRetries_saveNoMoreThanTheReserve() {
    RetryBudget budget = new RetryBudget(5);
    for (int i = 0; i < 10_000; i++) {
      budget.called();
    }

    assertThat(spendAll(budget)).isEqualTo(5);
  }

  private static int spendAll(RetryBudget budget) {
    int spent = 0;
    while (budget.trySpend()) {
      spent++;
    }
    return spent;
  }
}
