package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which words of a text say which picture, to whom and what to play: a linear chain of labels, of
 * which the one with the largest sum of weights is found by Viterbi's algorithm. Immutable,
 * thread-safe, and the same to the bit everywhere: weights are whole numbers.
 *
 * <p>The weights come from an averaged structured perceptron (Collins, 2002) that {@code
 * scripts/train-fusion} trains on the development wording.
 */
final class SlotModel {
  /** No slot, then for each slot the word that begins it and those that go on with it. */
  static final int LABELS = 1 + 2 * Slot.values().length;

  private static final ModelFile FILE = new ModelFile("slots.model", 0x53534c31); // "SSL1"
  private static final int IMPOSSIBLE = -1_000_000_000;

  /**
   * Chosen with the development wording: of sentences in which a name was overlooked three of four
   * are nearer than this, and of those that name nobody one of twenty-five.
   */
  private static final double ABOUT_AS_LIKELY = 5_000;

  /** Place by place, and then label before label. */
  private final short[] weights;

  /**
   * @param weights of each place the labels, then of each label those that may follow
   */
  SlotModel(short[] weights) {
    if (weights.length != size()) {
      throw new IllegalArgumentException(weights.length + " weights (expected: " + size() + ")");
    }
    this.weights = weights.clone();
  }

  static int size() {
    return (SlotFeatures.BUCKETS + LABELS) * LABELS;
  }

  /** The one that ships; blocks. */
  static SlotModel shipped() {
    return FILE.shipped(SlotModel::readWeights);
  }

  static SlotModel read(InputStream from) throws IOException {
    return FILE.read(from, SlotModel::readWeights);
  }

  private static SlotModel readWeights(DataInputStream in) throws IOException {
    short[] weights = new short[size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readShort();
    }
    return new SlotModel(weights);
  }

  void write(OutputStream to) throws IOException {
    FILE.write(to, this::writeWeights);
  }

  private void writeWeights(DataOutputStream out) throws IOException {
    for (short weight : weights) {
      out.writeShort(weight);
    }
  }

  /** The spans, in the order of the text. */
  List<Span> spans(List<String> words, List<DeviceMention> mentions) {
    return words.isEmpty() ? List.of() : spans(path(words, mentions, null).labels());
  }

  /**
   * The spans, of which one is of a slot if that is not much less likely than that none is; without
   * one otherwise.
   *
   * @param needed by what is to be done
   */
  List<Span> spansWith(Slot needed, List<String> words, List<DeviceMention> mentions) {
    if (words.isEmpty()) {
      return List.of();
    }
    Path free = path(words, mentions, null);
    Path bound = path(words, mentions, needed);
    return spans(free.sum() - bound.sum() <= ABOUT_AS_LIKELY ? bound.labels() : free.labels());
  }

  private Path path(List<String> words, List<DeviceMention> mentions, @Nullable Slot needed) {
    int[][] features = SlotFeatures.of(words, mentions);
    return best(
        features.length,
        (at, label) -> {
          int sum = 0;
          for (int place : features[at]) {
            sum += weights[place * LABELS + label];
          }
          return sum;
        },
        (before, label) -> weights[(SlotFeatures.BUCKETS + before) * LABELS + label],
        needed == null ? 0 : beginning(needed));
  }

  /** The weight of a label at a word, or after another label. */
  interface Weights {
    double of(int at, int label);
  }

  /** Labels of a text, and the sum of their weights. */
  @SuppressWarnings("ArrayRecordComponent")
  record Path(int[] labels, double sum) {}

  /**
   * The labels with the largest sum, of which none goes on with what has not begun.
   *
   * @param needed a label that has to be among them; 0 for any
   */
  static Path best(int size, Weights emission, Weights transition, int needed) {
    // States are labels, and after them labels with the needed one before or at them.
    int states = 2 * LABELS;
    double[][] sums = new double[size][states];
    int[][] from = new int[size][states];
    for (int at = 0; at < size; at++) {
      for (int state = 0; state < states; state++) {
        int label = state % LABELS;
        boolean seen = state >= LABELS;
        double most = IMPOSSIBLE;
        boolean starts = needed != 0 && label == needed;
        if (at == 0) {
          boolean begins = mayFollow(0, label) && seen == starts;
          most = begins ? transition.of(0, label) : IMPOSSIBLE;
        } else if (seen || !starts) {
          for (int before = 0; before < states; before++) {
            boolean had = before >= LABELS;
            boolean fits = seen ? had || starts : !had;
            if (fits && mayFollow(before % LABELS, label)) {
              double sum = sums[at - 1][before] + transition.of(before % LABELS, label);
              if (sum > most) {
                most = sum;
                from[at][state] = before;
              }
            }
          }
        }
        sums[at][state] = most + emission.of(at, label);
      }
    }
    int first = needed == 0 ? 0 : LABELS;
    int state = first;
    for (int end = first; end < first + LABELS; end++) {
      state = sums[size - 1][end] > sums[size - 1][state] ? end : state;
    }
    double sum = sums[size - 1][state];
    int[] labels = new int[size];
    for (int at = size - 1; at >= 0; at--) {
      labels[at] = state % LABELS;
      state = from[at][state];
    }
    return new Path(labels, sum);
  }

  private static boolean mayFollow(int before, int label) {
    return !isInside(label) || before == label || before == label - 1;
  }

  private static boolean isInside(int label) {
    return label > 0 && label % 2 == 0;
  }

  static int beginning(Slot slot) {
    return 1 + 2 * slot.ordinal();
  }

  private static List<Span> spans(int[] labels) {
    List<Span> spans = new ArrayList<>();
    int at = 0;
    while (at < labels.length) {
      int label = labels[at];
      int from = at++;
      if (label == 0) {
        continue;
      }
      while (at < labels.length && labels[at] == label + 1) {
        at++;
      }
      spans.add(new Span(Slot.values()[(label - 1) / 2], from, at));
    }
    return spans;
  }
}
