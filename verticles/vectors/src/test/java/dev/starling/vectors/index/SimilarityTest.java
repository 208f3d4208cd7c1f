package dev.starling.vectors.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarityTest {
  private static final float[] ONE = {3, 4};
  private static final float[] OTHER = {4, 3};

  @Test
  void cosine_ofTwo_isThatOfTheirAngle() {
    assertThat(shown(Similarity.COSINE)).isEqualTo(0.96, within(1e-6));
  }

  @Test
  void cosine_numbersWhoseSquaresAreNoFloats_hasALength() {
    float[] large = Similarity.COSINE.prepared(new float[] {3e38f, 0});

    assertThat(large).containsExactly(1, 0);
  }

  @Test
  void dot_ofTwo_isTheirProduct() {
    assertThat(shown(Similarity.DOT)).isEqualTo(24.0, within(1e-6));
  }

  @Test
  void euclidean_ofTwo_isTheNegativeOfTheirDistance() {
    assertThat(shown(Similarity.EUCLIDEAN)).isEqualTo(-Math.sqrt(2), within(1e-6));
  }

  @Test
  void best_moreThanAreWanted_keepsTheHighestAndOfEqualsTheLowerId() {
    Best best = new Best(2);
    for (String id : List.of("c", "a", "b", "z")) {
      best.offer(id.equals("z") ? 2 : 1, Samples.point(id, 0, ONE, ""));
    }

    assertThat(best.hits()).extracting(hit -> hit.point().id()).containsExactly("z", "a");
  }

  private static double shown(Similarity similarity) {
    return similarity.shown(similarity.score(similarity.prepared(ONE), similarity.prepared(OTHER)));
  }
}
