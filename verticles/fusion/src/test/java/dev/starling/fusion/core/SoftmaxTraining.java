package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Trains softmax regression by AdaGrad with a penalty on large weights. Deterministic. Confined to
 * one thread.
 */
final class SoftmaxTraining {
  private static final int EPOCHS = 30;
  private static final double RATE = 0.5;

  private final int labels;
  private final int buckets;
  private final int inputs;
  private final double penalty;
  private final double[] weights;

  /**
   * What is known of a text.
   *
   * @param vector null for a layer of words alone
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Sample(Map<Integer, Double> places, float @Nullable [] vector, int label) {}

  SoftmaxTraining(int labels, int buckets, boolean dense, double penalty) {
    this.labels = labels;
    this.buckets = buckets;
    this.inputs = buckets + (dense ? SoftmaxLayer.DIMENSIONS : 0) + 1;
    this.penalty = penalty;
    this.weights = new double[inputs * labels];
  }

  void train(List<Sample> samples) {
    double[] squares = new double[weights.length];
    List<Sample> order = new ArrayList<>(samples);
    Random random = new Random(11);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      for (Sample sample : order) {
        double[] shares = Softmax.of(sums(sample));
        for (int label = 0; label < labels; label++) {
          double error = shares[label] - (label == sample.label() ? 1 : 0);
          int row = label * inputs;
          for (Map.Entry<Integer, Double> place : sample.places().entrySet()) {
            step(squares, row + place.getKey(), error * place.getValue());
          }
          if (sample.vector() != null) {
            for (int i = 0; i < SoftmaxLayer.DIMENSIONS; i++) {
              step(squares, row + buckets + i, error * sample.vector()[i]);
            }
          }
          step(squares, row + inputs - 1, error);
        }
      }
    }
  }

  private void step(double[] squares, int at, double gradient) {
    double full = gradient + penalty * weights[at];
    squares[at] += full * full;
    weights[at] -= RATE * full / (Math.sqrt(squares[at]) + 1e-6);
  }

  double[] sums(Sample sample) {
    double[] sums = new double[labels];
    for (int label = 0; label < labels; label++) {
      int row = label * inputs;
      double sum = weights[row + inputs - 1];
      for (Map.Entry<Integer, Double> place : sample.places().entrySet()) {
        sum += weights[row + place.getKey()] * place.getValue();
      }
      if (sample.vector() != null) {
        for (int i = 0; i < SoftmaxLayer.DIMENSIONS; i++) {
          sum += weights[row + buckets + i] * sample.vector()[i];
        }
      }
      sums[label] = sum;
    }
    return sums;
  }

  /** The temperature that makes the labels likeliest, to a twentieth. */
  static double temperature(List<double[]> sums, List<Integer> labels) {
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int twentieth = 8; twentieth <= 80; twentieth++) {
      double temperature = twentieth / 20.0;
      double loss = 0;
      for (int i = 0; i < sums.size(); i++) {
        double[] cooled = sums.get(i).clone();
        for (int label = 0; label < cooled.length; label++) {
          cooled[label] /= temperature;
        }
        loss -= Math.log(Math.max(1e-12, Softmax.of(cooled)[labels.get(i)]));
      }
      if (loss < least) {
        least = loss;
        best = temperature;
      }
    }
    return best;
  }

  SoftmaxLayer layer(double temperature) {
    double most = 0;
    for (double weight : weights) {
      most = Math.max(most, Math.abs(weight));
    }
    double scale = most / 127;
    byte[] bytes = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      bytes[i] = (byte) Math.round(weights[i] / scale);
    }
    return new SoftmaxLayer(labels, inputs, scale, temperature, bytes);
  }
}
