package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final OrderLine ONE_A = new OrderLine("A", 1);
  private static final OrderLine TWO_B = new OrderLine("B", 2);

  @Test
  void of_sameLines_isTheSame() {
    assertThat(Fingerprint.of(List.of(ONE_A, TWO_B)))
        .isEqualTo(Fingerprint.of(List.of(new OrderLine("A", 1), new OrderLine("B", 2))));
  }

  @Test
  void of_anythingElse_differs() {
    List<UUID> fingerprints =
        Stream.of(
                List.of(ONE_A),
                List.of(ONE_A, TWO_B),
                List.of(TWO_B, ONE_A),
                List.of(ONE_A, ONE_A),
                List.of(new OrderLine("A", 2)),
                List.of(new OrderLine("AB", 1)),
                List.of(new OrderLine("A", 1), new OrderLine("B", 1)))
            .map(Fingerprint::of)
            .toList();

    assertThat(fingerprints).doesNotHaveDuplicates();
  }

  @Test
  void of_knownLines_staysWhatItWas() {
    // It is stored: another one would turn replays into refusals.
    assertThat(Fingerprint.of(List.of(ONE_A, TWO_B)))
        .hasToString("cc744625-0922-cbb3-8f7c-7dc64affbbe8");
  }
}
