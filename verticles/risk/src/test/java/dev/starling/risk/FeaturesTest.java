package dev.starling.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.order.OrderEvents.Line;
import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.risk.Assessment.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesTest {
  private static final Instant AT = Instant.parse("2030-01-01T22:30:00Z");

  private static final PlacedOrder ORDER =
      PlacedOrder.of(
          order(
              new Money(30_00, "EUR"),
              new Line("B", 2, new Money(5_00, "EUR")),
              new Line("A", 1, new Money(12_50, "EUR")),
              new Line("B", 3, new Money(2_50, "EUR"))),
          AT);

  @Test
  void of_firstOrder_hasOnlyWhatItSaysItself() {
    assertThat(Features.of(ORDER, History.NONE).row())
        .containsExactly(30, 3, 3, 12.5f, 0, 0, 0, 0, 1, 0, 1, 22);
  }

  @Test
  void of_laterOrder_isComparedWithWhatCameBefore() {
    History history = new History(4, 1, AT.minus(Duration.ofHours(36)), 1, 2, 20.0, 1);

    assertThat(Features.of(ORDER, history).row())
        .containsExactly(30, 3, 3, 12.5f, 1.5f, 4, 1, 2, 1.5f, 0.25f, 0.5f, 22);
  }

  @Test
  void of_currencyWithoutMinorUnit_isInWholeUnits() {
    PlacedOrder yen =
        PlacedOrder.of(order(new Money(1999, "JPY"), new Line("A", 1, new Money(1999, "JPY"))), AT);

    assertThat(Features.of(yen, History.NONE).get(Feature.AMOUNT)).isEqualTo(1999);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, EUR, total.amount: -1 (expected: >= 0)",
    "1, EURO, total.currency: EURO (expected: a currency of ISO 4217)",
    "1, XXX, total.currency: XXX (expected: a currency of ISO 4217)"
  })
  void of_totalThatNoOrderHas_isRefused(long amount, String currency, String reason) {
    Order order = order(new Money(amount, currency), new Line("A", 1, new Money(1, "EUR")));

    assertThatThrownBy(() -> PlacedOrder.of(order, AT))
        .isInstanceOf(EventRefused.class)
        .hasMessage(reason);
  }

  @Test
  void of_orderWithoutLines_isRefused() {
    assertThatThrownBy(() -> PlacedOrder.of(order(new Money(1, "EUR")), AT))
        .isInstanceOf(EventRefused.class)
        .hasMessage("lines: none (expected: at least one)");
  }

  @Test
  void ablation_rows_replaceOneFeatureEach() {
    Features order = Features.of(ORDER, History.NONE);
    List<Features> rows = Ablation.rows(order);

    assertThat(rows).hasSize(Ablation.ROWS);
    assertThat(rows.get(0)).isEqualTo(order);
    for (Feature feature : Feature.values()) {
      assertThat(rows.get(1 + feature.column())).isEqualTo(order.with(feature, feature.usual()));
    }
  }

  @Test
  void ablation_scores_nameTheThreeThatRaiseItMost() {
    List<Float> scores = new ArrayList<>(Collections.nCopies(Ablation.ROWS, 0.5f));
    scores.set(1 + Feature.AMOUNT.column(), 0.3f);
    scores.set(1 + Feature.LINES.column(), 0.1f);
    scores.set(1 + Feature.MAX_PRICE.column(), 0.45f);
    scores.set(1 + Feature.HOUR_OF_DAY.column(), 0.47f);
    scores.set(1 + Feature.KNOWN_DAYS.column(), 0.495f);
    scores.set(1 + Feature.NEW_ARTICLES.column(), 0.9f);

    assertThat(Ablation.assess(Features.of(ORDER, History.NONE), scores, "7"))
        .isEqualTo(
            new Assessment(
                0.5,
                List.of(
                    new Reason("lines", 3, 0.4),
                    new Reason("amount", 30, 0.2),
                    new Reason("max_price", 12.5, 0.05)),
                "7"));
  }

  private static Order order(Money total, Line... lines) {
    return new Order(UUID.randomUUID(), UUID.randomUUID(), List.of(lines), total);
  }
}
