package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContentSharesTest {
  private static final Map<String, float[]> VECTORS =
      Map.of(
          "the pooch", new float[] {1, 0, 0},
          "dog", new float[] {0.7f, 0.714f, 0},
          "puppy", new float[] {0.66f, 0.75f, 0},
          "bridge", new float[] {0.1f, 0, -0.995f},
          "plate", new float[] {0.15f, 0.1f, 0.98f});

  private static Content.Image image(String label) {
    return new Content.Image(label, "", "", List.of(label), Content.Exif.NONE, null, null);
  }

  private static Map<String, Double> shares(String... labels) {
    return ContentShares.of(
        List.of("pooch"),
        "the pooch",
        List.of(labels).stream().map(ContentSharesTest::image).toList(),
        VECTORS);
  }

  @Test
  void nearestByFar_isIt_andOthersAreNot() {
    Map<String, Double> shares = shares("bridge", "dog", "plate");

    assertThat(shares.get("dog")).isGreaterThan(0.9);
    assertThat(shares.get("bridge")).isZero();
    assertThat(shares.get("plate")).isZero();
  }

  @Test
  void twoOfTheSameKind_areBothIt() {
    Map<String, Double> shares = shares("bridge", "dog", "puppy");

    assertThat(shares.get("puppy")).isEqualTo(shares.get("dog")).isGreaterThan(0.9);
  }

  @Test
  void noneThatIsNear_isNone() {
    assertThat(shares("bridge", "plate").values()).allMatch(share -> share < 0.5);
  }

  @Test
  void oneThatSaysTheWord_leavesNothingToMeaning() {
    Map<String, Double> shares =
        ContentShares.of(
            List.of("bridge"), "the pooch", List.of(image("bridge"), image("dog")), VECTORS);

    assertThat(shares.get("bridge")).isEqualTo(1);
    assertThat(shares.get("dog")).isZero();
  }

  @Test
  void withoutVectors_wordsDecide() {
    Map<String, Double> shares =
        ContentShares.of(List.of("red", "bridge"), "it", List.of(image("bridge")), Map.of());

    assertThat(shares.get("bridge")).isEqualTo(0.5);
  }
}
