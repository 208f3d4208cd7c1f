package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123Z");

  private final TimeOrderedIds ids = new TimeOrderedIds(new Random(1)::nextLong);

  @Test
  void next_isOfVersion7AndBeginsWithTheTime() {
    UUID id = ids.next(NOW);

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void next_manyInAMillisecond_growAsText() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(ids.next(NOW).toString());
    }

    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void next_clockSetBack_stillGrows() {
    UUID before = ids.next(NOW);

    assertThat(ids.next(NOW.minusSeconds(60)).toString()).isGreaterThan(before.toString());
  }
}
