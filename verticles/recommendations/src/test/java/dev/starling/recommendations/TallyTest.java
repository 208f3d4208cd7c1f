package dev.starling.recommendations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.recommendations.Tally.Pair;
import dev.starling.recommendations.Tally.Purchase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");
  private static final UUID ADA = new UUID(1, 1);

  private final Tally tally = new Tally();

  @Test
  void count_baskets_addsUpEachPairInBothDirections() {
    tally.count(List.of(basket("A", "B", "C"), basket("B", "A")), 1);

    assertThat(tally.pairs())
        .containsExactly(
            Map.entry(new Pair("A", "B"), 2L),
            Map.entry(new Pair("A", "C"), 1L),
            Map.entry(new Pair("B", "A"), 2L),
            Map.entry(new Pair("B", "C"), 1L),
            Map.entry(new Pair("C", "A"), 1L),
            Map.entry(new Pair("C", "B"), 1L));
    assertThat(tally.purchases().get(new Purchase(ADA, "A")).orders()).isEqualTo(2);
  }

  @Test
  void count_takenBackInTheSameCall_leavesNothingToWrite() {
    tally.count(List.of(basket("A", "B")), 1);
    tally.count(List.of(basket("A", "B")), -1);

    assertThat(tally.pairs()).isEmpty();
    assertThat(tally.purchases()).isEmpty();
  }

  @Test
  void basket_articlesTwiceAndTooMany_areCountedOnceAndCutTheSameWay() {
    Basket placed = Basket.of(ADA, ADA, List.of("D", "A", "C", "A", "B"), AT, 3);
    Basket cancelled = Basket.of(ADA, ADA, List.of("B", "C", "D", "A"), AT, 3);

    assertThat(placed.skus()).containsExactly("A", "B", "C");
    assertThat(cancelled.skus()).isEqualTo(placed.skus());
  }

  private static Basket basket(String... skus) {
    return Basket.of(UUID.randomUUID(), ADA, List.of(skus), AT, 10);
  }
}
