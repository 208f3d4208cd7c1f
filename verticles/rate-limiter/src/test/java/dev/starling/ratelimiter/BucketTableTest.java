package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTableTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 127, 1_024, 5_000, 200_000, 1_000_000})
  void capacity_anySize_coversItWithLittleMore(int slots) {
    BucketTable table = new BucketTable(slots);

    assertThat(table.capacity()).isBetween(slots, slots + Math.max(8, slots / 16));
    assertThat(table.stripeOf(0)).isZero();
    // The last stripe exists, and none is beyond it.
    assertThat(table.stripe(table.stripeOf(-1L))).isNotNull();
  }

  @Test
  void capacity_zero_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BucketTable(0))
        .withMessage("slots: 0 (expected: > 0)");
  }

  @Test
  void find_storedBucket_isThereUntilOthersNeedItsSlot() {
    BucketStripe stripe = oneSet();

    assertThat(stripe.find(77)).isEqualTo(BucketStripe.ABSENT);
    int slot = stripe.claim(77, 0);
    stripe.put(slot, 1_000, 3);

    assertThat(stripe.find(77)).isEqualTo(slot);
    assertThat(stripe.moment(slot)).isEqualTo(1_000);
    assertThat(stripe.part(slot)).isEqualTo(3);
    assertThat(stripe.occupied()).isEqualTo(1);
  }

  @Test
  void claim_fullSetWithAnIdleBucket_takesThatOne() {
    BucketStripe stripe = fullStripe(100);
    stripe.put(stripe.find(5), 10, 0);

    int slot = stripe.claim(99, 11);

    assertThat(stripe.find(5)).isEqualTo(BucketStripe.ABSENT);
    assertThat(stripe.find(99)).isEqualTo(slot);
    assertThat(stripe.recycled()).isEqualTo(1);
    assertThat(stripe.evicted()).isZero();
  }

  @Test
  void claim_fullSetWithoutIdleBucket_takesTheLeastRecentlyUsed() {
    BucketStripe stripe = fullStripe(100);
    for (long print = 1; print <= BucketStripe.WAYS; print++) {
      if (print != 3) {
        stripe.find(print);
      }
    }

    stripe.put(stripe.claim(99, 11), 100, 0);

    assertThat(stripe.find(3)).isEqualTo(BucketStripe.ABSENT);
    assertThat(stripe.evicted()).isEqualTo(1);
    assertThat(stripe.recycled()).isZero();
    assertThat(stripe.occupied()).isEqualTo(BucketStripe.WAYS);
  }

  @Test
  void claim_clockPassesTheLargestLong_stillTellsIdleFromBusy() {
    long now = Long.MAX_VALUE - 5;
    BucketStripe stripe = fullStripe(now + 10); // negative by now
    assertThat(stripe.busy(now)).isEqualTo(BucketStripe.WAYS);

    stripe.put(stripe.claim(98, now), now + 10, 0);
    assertThat(stripe.evicted()).isEqualTo(1);

    stripe.put(stripe.find(98), now, 0);
    assertThat(stripe.busy(now + 7)).isEqualTo(BucketStripe.WAYS - 1);
    stripe.claim(99, now + 7);
    assertThat(stripe.recycled()).isEqualTo(1);
    assertThat(stripe.find(98)).isEqualTo(BucketStripe.ABSENT);
  }

  @Test
  void busy_mixedBuckets_countsThoseThatAreNotFull() {
    BucketStripe stripe = fullStripe(100);
    stripe.put(stripe.find(5), 10, 0);

    assertThat(stripe.busy(11)).isEqualTo(BucketStripe.WAYS - 1);
    assertThat(stripe.busy(101)).isZero();
  }

  @Test
  void fingerprint_thatMarksFreeSlots_isReplaced() {
    assertThat(BucketStripe.fingerprint(0)).isNotZero();
    assertThat(BucketStripe.fingerprint(42)).isEqualTo(42);
  }

  /** With a quarter of the slots busy, next to nothing that is busy has to go. */
  @Test
  void claim_quarterOfTheSlots_evictsAlmostNothing() {
    BucketTable table = new BucketTable(200_000);
    Random random = new Random(1);

    for (int i = 0; i < 50_000; i++) {
      long hash = random.nextLong();
      BucketStripe stripe = table.stripe(table.stripeOf(hash));
      stripe.put(stripe.claim(Mixing.mix(hash), 0), 1, 0);
    }

    assertThat(table.usage().evicted()).isLessThan(100);
    assertThat(table.usage().occupied() + table.usage().evicted()).isEqualTo(50_000);
    assertThat(table.busy(0)).isEqualTo(table.usage().occupied());
  }

  private static BucketStripe oneSet() {
    return new BucketStripe(new long[BucketStripe.SET_WORDS], 0, 1);
  }

  /** One set with buckets 1..8, none of which is full before {@code fullAt}. */
  private static BucketStripe fullStripe(long fullAt) {
    BucketStripe stripe = oneSet();
    for (long print = 1; print <= BucketStripe.WAYS; print++) {
      stripe.put(stripe.claim(print, 0), fullAt, 0);
    }
    return stripe;
  }
}
