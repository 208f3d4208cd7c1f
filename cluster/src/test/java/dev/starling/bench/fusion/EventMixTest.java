package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bench.fusion.EventMix.Kind;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class EventMixTest {

  @Test
  void events_ofManyCycles_areNinetyEightAndTwoPercent() {
    Map<Kind, Integer> counts = new TreeMap<>();
    for (long number = 0; number < 1_000; number++) {
      counts.merge(EventMix.of(number), 1, Integer::sum);
    }

    assertThat(counts).isEqualTo(Map.of(Kind.BEHAVIOUR, 900, Kind.IMAGE, 80, Kind.UTTERANCE, 20));
  }

  @Test
  void utterance_ofACycle_isRightBehindAPicture() {
    for (long number = 1; number < 1_000; number++) {
      if (EventMix.of(number) == Kind.UTTERANCE) {
        assertThat(EventMix.of(number - 1)).isEqualTo(Kind.IMAGE);
      }
    }
  }
}
