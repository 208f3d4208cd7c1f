package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Trains the slot model: an averaged structured perceptron (M. Collins, Discriminative Training
 * Methods for Hidden Markov Models, 2002). Deterministic.
 */
final class SlotTraining {
  private static final int EPOCHS = 8;
  private static final int ORDERS = 4;

  private final double[] weights = new double[SlotModel.size()];
  private final double[] sums = new double[SlotModel.size()];
  private long steps = 1;

  /** A text with its slots. */
  record Sample(List<String> words, List<DeviceMention> mentions, List<Span> spans) {}

  /** In several orders, whose models are averaged: what one order happened to learn weighs less. */
  static SlotModel train(List<Sample> samples) {
    List<double[]> models =
        IntStream.range(0, ORDERS)
            .parallel()
            .mapToObj(order -> new SlotTraining().averages(samples, new Random(5 + order)))
            .toList();
    double[] sum = new double[SlotModel.size()];
    for (double[] model : models) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += model[i];
      }
    }
    return model(sum);
  }

  /** Of all steps. */
  private double[] averages(List<Sample> samples, Random random) {
    List<Sample> order = new ArrayList<>(samples);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      order.forEach(this::learn);
    }
    double[] averages = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      averages[i] = weights[i] - sums[i] / steps;
    }
    return averages;
  }

  private void learn(Sample sample) {
    int[][] features = SlotFeatures.of(sample.words(), sample.mentions());
    int[] right = labels(sample);
    int[] found =
        SlotModel.best(
                right.length,
                (at, label) -> {
                  double sum = 0;
                  for (int place : features[at]) {
                    sum += weights[place * SlotModel.LABELS + label];
                  }
                  return sum;
                },
                (before, label) -> weights[transition(before, label)],
                0)
            .labels();
    for (int at = 0; at < right.length; at++) {
      if (right[at] != found[at]) {
        for (int place : features[at]) {
          add(place * SlotModel.LABELS + right[at], 1);
          add(place * SlotModel.LABELS + found[at], -1);
        }
      }
      int rightBefore = at == 0 ? 0 : right[at - 1];
      int foundBefore = at == 0 ? 0 : found[at - 1];
      if (right[at] != found[at] || rightBefore != foundBefore) {
        add(transition(rightBefore, right[at]), 1);
        add(transition(foundBefore, found[at]), -1);
      }
    }
    steps++;
  }

  private static int transition(int before, int label) {
    return (SlotFeatures.BUCKETS + before) * SlotModel.LABELS + label;
  }

  private void add(int at, double by) {
    weights[at] += by;
    sums[at] += by * steps;
  }

  private static int[] labels(Sample sample) {
    int[] labels = new int[sample.words().size()];
    for (Span span : sample.spans()) {
      int begin = SlotModel.beginning(span.slot());
      for (int at = span.from(); at < span.to(); at++) {
        labels[at] = at == span.from() ? begin : begin + 1;
      }
    }
    return labels;
  }

  /** As whole numbers of which the largest is just below the limit. */
  private static SlotModel model(double[] weights) {
    double most = Arrays.stream(weights).map(Math::abs).max().orElseThrow();
    short[] whole = new short[weights.length];
    for (int i = 0; i < weights.length; i++) {
      whole[i] = (short) Math.round(weights[i] / most * 8000);
    }
    return new SlotModel(whole);
  }
}
