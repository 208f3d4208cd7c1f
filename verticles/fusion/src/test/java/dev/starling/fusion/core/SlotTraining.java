package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Trains the slot model: an averaged structured perceptron (M. Collins, Discriminative Training
 * Methods for Hidden Markov Models, 2002). Deterministic. Confined to one thread.
 */
final class SlotTraining {
  private static final int EPOCHS = 8;

  private final double[] weights = new double[SlotModel.size()];
  private final double[] sums = new double[SlotModel.size()];
  private long steps = 1;

  /** A text with its slots. */
  record Sample(List<String> words, List<DeviceMention> mentions, List<Span> spans) {}

  static SlotModel train(List<Sample> samples) {
    SlotTraining training = new SlotTraining();
    List<Sample> order = new ArrayList<>(samples);
    Random random = new Random(5);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      order.forEach(training::learn);
    }
    return training.model();
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

  /** Averages over all steps, as whole numbers of which the largest is just below the limit. */
  private SlotModel model() {
    double most = 0;
    double[] averages = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      averages[i] = weights[i] - sums[i] / steps;
      most = Math.max(most, Math.abs(averages[i]));
    }
    short[] whole = new short[weights.length];
    for (int i = 0; i < weights.length; i++) {
      whole[i] = (short) Math.round(averages[i] / most * 8000);
    }
    return new SlotModel(whole);
  }
}
