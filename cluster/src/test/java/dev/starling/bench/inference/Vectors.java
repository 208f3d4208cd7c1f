package dev.starling.bench.inference;

import com.fasterxml.jackson.databind.JsonNode;

/** Vectors as they come in answers. */
final class Vectors {
  private Vectors() {}

  /** The first vector of an answer in the shape of OpenAI's API. */
  static float[] of(JsonNode answer) {
    JsonNode numbers = answer.path("data").path(0).path("embedding");
    if (!numbers.isArray() || numbers.isEmpty()) {
      throw new IllegalStateException("no embedding in " + answer);
    }
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i).floatValue();
    }
    return vector;
  }

  static double cosine(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalStateException(a.length + " numbers beside " + b.length);
    }
    double dot = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(squaresOfA * squaresOfB);
  }
}
