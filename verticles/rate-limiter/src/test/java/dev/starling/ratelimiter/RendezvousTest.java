package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final SipHash HASHES = new SipHash(2, 4, 0, 0);
  private static final int KEYS = 3_000;

  @Test
  void choose_manyKeys_spreadsThemEvenly() {
    Map<String, Integer> keys = new HashMap<>();
    for (int key = 0; key < KEYS; key++) {
      keys.merge(choose(key, "n-1", "n-2", "n-3"), 1, Integer::sum);
    }

    assertThat(keys).containsOnlyKeys("n-1", "n-2", "n-3");
    assertThat(keys.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1_100));
  }

  @Test
  void choose_nodeLeaves_movesOnlyItsOwnKeys() {
    for (int key = 0; key < KEYS; key++) {
      String before = choose(key, "n-1", "n-2", "n-3");
      String after = choose(key, "n-1", "n-3");
      if (before.equals("n-2")) {
        assertThat(after).isIn("n-1", "n-3");
      } else {
        assertThat(after).isEqualTo(before);
      }
    }
  }

  @Test
  void choose_oneNode_isIt() {
    assertThat(choose(7, "n-1")).isEqualTo("n-1");
  }

  private static String choose(int key, String... nodes) {
    return Rendezvous.choose(List.of(nodes), HASHES.hash("key" + key), HASHES);
  }
}
