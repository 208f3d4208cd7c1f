package dev.starling.fusion.core;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights of a softmax regression over hashed words and, if it was trained with them, embeddings.
 * Weights are bytes, times a scale; a temperature makes the probabilities as sure as they are right
 * (it is fitted to wording that the weights were not trained on). Immutable, and the same to the
 * bit everywhere.
 *
 * @param labels how many
 * @param inputs buckets, then the dimensions of an embedding if it has them, then the bias
 * @param scale of a weight
 * @param temperature by which sums are divided
 * @param weights label by label
 */
@SuppressWarnings("ArrayRecordComponent")
record SoftmaxLayer(int labels, int inputs, double scale, double temperature, byte[] weights) {
  /** Numbers of an embedding. */
  static final int DIMENSIONS = 384;

  SoftmaxLayer {
    if (weights.length != labels * inputs) {
      throw new IllegalArgumentException(
          weights.length + " weights (expected: " + labels * inputs + ")");
    }
  }

  static SoftmaxLayer read(DataInputStream in, int labels) throws IOException {
    int inputs = in.readInt();
    double scale = in.readDouble();
    double temperature = in.readDouble();
    byte[] weights = new byte[inputs * labels];
    in.readFully(weights);
    return new SoftmaxLayer(labels, inputs, scale, temperature, weights);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(inputs);
    out.writeDouble(scale);
    out.writeDouble(temperature);
    out.write(weights);
  }

  static boolean isEmbedding(float @Nullable [] vector) {
    return vector != null && vector.length == DIMENSIONS;
  }

  /**
   * A sum for each label, of which {@link Softmax} makes shares.
   *
   * @param places of words, with their weights
   * @param vector null for a layer of words alone
   */
  double[] sums(Map<Integer, Double> places, float @Nullable [] vector) {
    double[] sums = new double[labels];
    int dense = inputs - 1 - DIMENSIONS;
    for (int label = 0; label < labels; label++) {
      int row = label * inputs;
      double sum = weights[row + inputs - 1];
      for (Map.Entry<Integer, Double> place : places.entrySet()) {
        sum += weights[row + place.getKey()] * place.getValue();
      }
      if (vector != null) {
        for (int i = 0; i < DIMENSIONS; i++) {
          sum += weights[row + dense + i] * (double) vector[i];
        }
      }
      sums[label] = sum * scale / temperature;
    }
    return sums;
  }
}
