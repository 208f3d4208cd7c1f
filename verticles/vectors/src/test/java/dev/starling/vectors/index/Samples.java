package dev.starling.vectors.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Seeded points in clusters, as embeddings are. */
final class Samples {
  static final int DIMENSION = 24;

  private final Random random;
  private final float[][] centers;

  Samples(long seed, int clusters) {
    random = new Random(seed);
    centers = new float[clusters][];
    for (int i = 0; i < clusters; i++) {
      centers[i] = near(new float[DIMENSION], 1);
    }
  }

  /** A vector of one of the clusters, brought to length one. */
  float[] vector() {
    return Similarity.COSINE.prepared(near(centers[random.nextInt(centers.length)], 0.4));
  }

  List<IndexedPoint> points(int count) {
    List<IndexedPoint> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(
          point("p" + i, i % 32, vector(), "{\"even\":" + (i % 2 == 0) + ",\"n\":" + i + "}"));
    }
    return points;
  }

  static IndexedPoint point(String id, int shard, float[] vector, String attributes) {
    return new IndexedPoint(
        id, shard, vector, ((Checked.Valid<Attributes>) Attributes.parse(attributes)).value());
  }

  /** The ids of the nearest, found by comparing all. */
  static Set<String> nearest(List<IndexedPoint> points, float[] query, int k) {
    return points.stream()
        .sorted(
            (one, other) ->
                Float.compare(
                    Similarity.COSINE.score(query, other.vector()),
                    Similarity.COSINE.score(query, one.vector())))
        .limit(k)
        .map(IndexedPoint::id)
        .collect(Collectors.toSet());
  }

  private float[] near(float[] center, double spread) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (center[i] + spread * random.nextGaussian());
    }
    return vector;
  }
}
