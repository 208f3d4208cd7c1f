package dev.starling.vectors.index;

import dev.starling.contract.vectors.VectorsContract.Metric;
import org.apache.lucene.util.VectorUtil;

/** How near two vectors are; a higher score is nearer. Stateless. */
public enum Similarity {
  /** The cosine of the angle; vectors are brought to length one, so it is their dot product. */
  COSINE,
  DOT,
  /** The negative square of the distance, which has the order of the distance. */
  EUCLIDEAN;

  public static Similarity of(Metric metric) {
    return switch (metric) {
      case COSINE -> COSINE;
      case DOT -> DOT;
      case EUCLIDEAN -> EUCLIDEAN;
    };
  }

  /**
   * The vector as it is compared; the one that is given is not changed.
   *
   * @param vector finite; not all zeros for {@link #COSINE}
   */
  public float[] prepared(float[] vector) {
    if (this != COSINE) {
      return vector;
    }
    // In double: the squares of large floats are none any more.
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  /** Compares two that are prepared and have the same dimension. */
  float score(float[] one, float[] other) {
    return this == EUCLIDEAN
        ? -VectorUtil.squareDistance(one, other)
        : VectorUtil.dotProduct(one, other);
  }

  /** The score as callers know it: the cosine, the dot product, or the distance's negative. */
  public double shown(float score) {
    return this == EUCLIDEAN ? -Math.sqrt(Math.max(0, -(double) score)) : score;
  }
}
