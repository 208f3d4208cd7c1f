package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StockSlicesTest {

  @Test
  void spread_anyTotal_isEvenAndComplete() {
    assertThat(StockSlices.spread(10, 4, 0)).containsExactly(3, 3, 2, 2);
    assertThat(StockSlices.spread(10, 4, 3)).containsExactly(3, 2, 2, 3);
    assertThat(StockSlices.spread(10, 4, -1)).containsExactly(3, 2, 2, 3);
    assertThat(StockSlices.spread(0, 4, 1)).containsExactly(0, 0, 0, 0);
    assertThat(Arrays.stream(StockSlices.spread(NewProduct.MAX_STOCK, 32, 7)).sum())
        .isEqualTo(NewProduct.MAX_STOCK);
  }

  @Test
  void gather_enoughElsewhere_bringsWhatIsMissingAndAQuarterOfTheRest() {
    // 5 wanted, 1 there: 4, and a quarter of the 36 that are left.
    long[] gives = StockSlices.gather(new long[] {1, 20, 0, 20}, 0, 5);

    assertThat(Arrays.stream(gives).sum()).isEqualTo(4 + 9);
    assertThat(gives[0]).isZero();
    assertThat(gives[1] - gives[3]).isBetween(0L, 1L);
  }

  @Test
  void gather_lessThanWanted_bringsAll() {
    assertThat(StockSlices.gather(new long[] {1, 2, 3}, 1, 100)).containsExactly(1, 0, 3);
    assertThat(StockSlices.gather(new long[] {1, 2, 3}, -1, 100)).containsExactly(1, 2, 3);
    assertThat(StockSlices.gather(new long[] {0, 0, 0}, 1, 1)).containsExactly(0, 0, 0);
  }

  @Test
  void gather_enoughThere_bringsOnlySpare() {
    assertThat(Arrays.stream(StockSlices.gather(new long[] {10, 8}, 0, 5)).sum()).isEqualTo(2);
  }

  @Test
  void gather_random_neverTakesWhatIsNotThere() {
    Random random = new Random(5);
    for (int round = 0; round < 10_000; round++) {
      long bound = random.nextBoolean() ? 5 : NewProduct.MAX_STOCK;
      long[] available = random.longs(1 + random.nextInt(32), 0, bound).toArray();
      int to = random.nextInt(available.length + 1) - 1;
      long wanted = random.nextLong(bound);
      long own = to < 0 ? 0 : available[to];
      long others = Arrays.stream(available).sum() - own;

      long[] gives = StockSlices.gather(available, to, wanted);

      for (int i = 0; i < gives.length; i++) {
        assertThat(gives[i]).isBetween(0L, i == to ? 0L : available[i]);
      }
      long moved = Arrays.stream(gives).sum();
      assertThat(own + moved).isGreaterThanOrEqualTo(Math.min(wanted, own + others));
    }
  }
}
