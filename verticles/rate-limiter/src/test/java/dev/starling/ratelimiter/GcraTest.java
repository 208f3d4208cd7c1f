package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcraTest {
  private static final long SECOND = 1_000_000_000;
  private static final long DAY = 86_400 * SECOND;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "3, 1, 3",
    "7, 1, 1",
    "7, 60, 20",
    "20, 60, 20",
    "20, 60, 1",
    "100003, 1, 100003",
    "1000000, 1, 1000000",
    "1000000000, 1, 1000000000",
    "999999937, 1, 5",
    "1, 86400, 1",
    "7, 86400, 7",
    "123456, 86400, 123456",
    "1, 31622400, 1"
  })
  void bucket_randomSchedule_agreesWithExactArithmetic(long quota, long windowSeconds, long burst) {
    for (long seed = 0; seed < 5; seed++) {
      compare(quota, windowSeconds * SECOND, burst, seed * DAY, new Random(seed));
    }
  }

  @Test
  void bucket_clockPassesTheLargestLong_agreesWithExactArithmetic() {
    for (long seed = 0; seed < 20; seed++) {
      compare(7, SECOND, 7, Long.MAX_VALUE - 3 * SECOND, new Random(seed));
      compare(20, 60 * SECOND, 20, Long.MAX_VALUE - 100 * SECOND, new Random(seed));
      compare(3, SECOND, 2, -2 * SECOND, new Random(seed));
    }
  }

  /** Small and large steps, so that the bucket is at times empty, at times full, often between. */
  private static void compare(long quota, long window, long burst, long start, Random random) {
    Gcra gcra = Gcra.of(quota, window, burst);
    ExactBucket exact = new ExactBucket(quota, window, burst, start);
    long now = start;
    long fullAt = start;
    int part = 0;
    long fill = (long) ((double) window / quota * burst);
    for (int step = 0; step < 2_000; step++) {
      now += step(random, window / quota, fill);
      int cost = 1 + (int) (random.nextDouble() * random.nextDouble() * burst);
      exact.advanceTo(now);
      long debt = gcra.debt(fullAt, part, now);
      assertThat(gcra.waitNanos(debt, cost)).isEqualTo(exact.waitNanos(cost));
      if (exact.has(cost)) {
        exact.spend(cost);
        debt = gcra.spend(debt, cost);
        fullAt = gcra.fullAtNanos(debt, now);
        part = gcra.fullAtPart(debt);
      }
      assertThat(gcra.debt(fullAt, part, now)).isEqualTo(debt);
      assertThat(gcra.remaining(debt)).isEqualTo(exact.remaining());
      assertThat(gcra.fullInNanos(debt)).isEqualTo(exact.fullInNanos());
    }
  }

  private static long step(Random random, long interval, long fill) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> (long) (random.nextDouble() * 2 * interval);
      case 2 -> (long) (random.nextDouble() * fill / 10);
      default -> random.nextInt(50) == 0 ? 2 * fill : 1;
    };
  }

  /** What does not fit 64 bits is rounded against the caller, by next to nothing. */
  @ParameterizedTest
  @CsvSource({
    "999983, 86400, 999983",
    "999999937, 86400, 999999937",
    "999999937, 31622400, 999999937"
  })
  void bucket_tooFineFor64Bits_neverGivesMoreThanExactArithmetic(
      long quota, long windowSeconds, long burst) {
    long window = windowSeconds * SECOND;
    Gcra gcra = Gcra.of(quota, window, burst);
    ExactBucket exact = new ExactBucket(quota, window, burst, 0);
    Random random = new Random(quota);
    long fill = (long) ((double) window / quota * burst);
    long fullAt = 0;
    int part = 0;
    long now = 0;
    for (int step = 0; step < 10_000; step++) {
      now += step(random, window / quota, fill);
      int cost = 1 + (int) (random.nextDouble() * random.nextDouble() * burst);
      exact.advanceTo(now);
      long debt = gcra.debt(fullAt, part, now);
      if (gcra.waitNanos(debt, cost) == 0) {
        debt = gcra.spend(debt, cost);
        fullAt = gcra.fullAtNanos(debt, now);
        part = gcra.fullAtPart(debt);
        exact.spend(cost);
        assertThat(exact.signum()).isNotNegative();
      }
      assertThat(gcra.remaining(debt)).isBetween(exact.remaining() - 2, exact.remaining());
    }
  }

  @Test
  void debt_fullBucket_isNone() {
    Gcra gcra = Gcra.of(20, 60 * SECOND, 20);

    assertThat(gcra.debt(5, 0, 5)).isZero();
    assertThat(gcra.debt(5, 0, 6)).isZero();
    assertThat(gcra.debt(Long.MIN_VALUE + 10, 0, 10)).isZero();
    assertThat(gcra.remaining(0)).isEqualTo(20);
  }

  @Test
  void debt_clockRanBack_isAtMostThatOfAnEmptyBucket() {
    Gcra gcra = Gcra.of(20, 60 * SECOND, 20);

    long debt = gcra.debt(1_000 * DAY, 0, 0);

    assertThat(gcra.remaining(debt)).isZero();
    assertThat(gcra.waitNanos(debt, 1)).isEqualTo(3 * SECOND);
    assertThat(gcra.fullInNanos(debt)).isEqualTo(60 * SECOND);
  }

  @Test
  void holds_costAboveBurst_isFalse() {
    Gcra gcra = Gcra.of(100, SECOND, 10);

    assertThat(gcra.holds(10)).isTrue();
    assertThat(gcra.holds(11)).isFalse();
    assertThat(gcra.holds(Integer.MAX_VALUE)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, quota: 0 (expected: 1..1000000000)",
    "1000000001, 1, 1, quota: 1000000001 (expected: 1..1000000000)",
    "1, 0, 1, window: 0 (expected: 1..9223372036854775807)",
    "1, 1, 0, burst: 0 (expected: 1..1000000000)",
    "1, 86400000000000, 367, burst: 367 (expected: refilled by the quota within 366 days)"
  })
  void of_valueOutOfRange_saysWhatIsExpected(
      long quota, long windowNanos, long burst, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(quota, windowNanos, burst))
        .withMessage(message);
  }
}
