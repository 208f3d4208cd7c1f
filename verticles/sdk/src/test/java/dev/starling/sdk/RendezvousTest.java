package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final List<String> THREE = List.of("n-a", "n-b", "n-c");

  @Test
  void owner_nodeThatLeaves_losesItsKeysAndNobodyElse() {
    List<String> two = List.of("n-a", "n-c");

    new Random(1)
        .longs(1_000)
        .forEach(
            key -> {
              String before = Rendezvous.owner(THREE, "n-a", key);
              String after = Rendezvous.owner(two, "n-a", key);
              assertThat(after).isNotEqualTo("n-b");
              if (!before.equals("n-b")) {
                assertThat(after).isEqualTo(before);
              }
            });
  }

  @Test
  void owner_ofManyKeys_eachNodeHasAFairShare() {
    for (String node : THREE) {
      assertThat(
              new Random(2)
                  .longs(3_000)
                  .filter(key -> Rendezvous.owner(THREE, "n-a", key).equals(node))
                  .count())
          .isBetween(850L, 1_150L);
    }
  }

  @Test
  void owner_whileThereAreNone_isThisNode() {
    assertThat(Rendezvous.owner(List.of(), "n-x", 7)).isEqualTo("n-x");
  }
}
