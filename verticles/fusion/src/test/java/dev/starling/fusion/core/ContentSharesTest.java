package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContentSharesTest {
  private static final Map<String, float[]> VECTORS =
      Map.of(
          "the pooch", vector(1, 0, 0),
          "dog", vector(0.7, 0.714, 0),
          "puppy", vector(0.66, 0.75, 0),
          "bridge", vector(0.1, 0, -0.995),
          "plate", vector(0.15, 0.1, 0.98));

  /** Turns nothing. */
  private static final ContentModel MODEL =
      new ContentModel(
          0,
          new byte[ContentModel.DIMENSIONS * ContentModel.RANK],
          new byte[ContentModel.DIMENSIONS * ContentModel.RANK],
          new ContentModel.Likelihood(9, 14, -5.2));

  private static float[] vector(double... first) {
    float[] vector = new float[ContentModel.DIMENSIONS];
    for (int i = 0; i < first.length; i++) {
      vector[i] = (float) first[i];
    }
    return vector;
  }

  private static Content.Image image(String label) {
    return new Content.Image(label, "", "", List.of(label), Content.Exif.NONE, null, null);
  }

  private static Map<String, Double> shares(String... labels) {
    return ContentShares.of(
        MODEL,
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
  void picturesOfWhichNothingIsKnown_areNotAlike() {
    Content.Image unknown =
        new Content.Image("unknown", "", "", List.of(), Content.Exif.NONE, null, null);
    Content.Image other =
        new Content.Image("other", "", "", List.of(), Content.Exif.NONE, null, null);

    Map<String, Double> shares =
        ContentShares.of(MODEL, List.of("pooch"), "the pooch", List.of(unknown, other), VECTORS);

    assertThat(shares.get("other")).isZero();
  }

  @Test
  void noneThatIsNear_isNone() {
    assertThat(shares("bridge", "plate").values()).allMatch(share -> share < 0.5);
  }

  @Test
  void oneThatSaysTheWord_leavesNothingToMeaning() {
    Map<String, Double> shares =
        ContentShares.of(
            MODEL, List.of("bridge"), "the pooch", List.of(image("bridge"), image("dog")), VECTORS);

    assertThat(shares.get("bridge")).isEqualTo(1);
    assertThat(shares.get("dog")).isZero();
  }

  @Test
  void withoutVectors_wordsDecide() {
    Map<String, Double> shares =
        ContentShares.of(MODEL, List.of("red", "bridge"), "it", List.of(image("bridge")), Map.of());

    assertThat(shares.get("bridge")).isEqualTo(0.5);
  }
}
