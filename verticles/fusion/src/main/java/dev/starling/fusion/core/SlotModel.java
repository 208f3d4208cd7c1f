package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

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

  private static final String SHIPPED = "slots.model";
  private static final int FORMAT = 0x53534c31; // "SSL1"
  private static final int IMPOSSIBLE = -1_000_000_000;

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
    try (InputStream in = SlotModel.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is not in the jar");
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SlotModel read(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(from)));
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException("format: " + format + " (expected: " + FORMAT + ")");
    }
    short[] weights = new short[size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readShort();
    }
    return new SlotModel(weights);
  }

  void write(OutputStream to) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(to))) {
      out.writeInt(FORMAT);
      for (short weight : weights) {
        out.writeShort(weight);
      }
    }
  }

  /** The spans, in the order of the text. */
  List<Span> spans(List<String> words, List<DeviceMention> mentions) {
    return words.isEmpty() ? List.of() : spans(labels(SlotFeatures.of(words, mentions)));
  }

  private int[] labels(int[][] features) {
    return best(
        features.length,
        (at, label) -> {
          int sum = 0;
          for (int place : features[at]) {
            sum += weights[place * LABELS + label];
          }
          return sum;
        },
        (before, label) -> weights[(SlotFeatures.BUCKETS + before) * LABELS + label]);
  }

  /** The weight of a label at a word, or after another label. */
  interface Weights {
    double of(int at, int label);
  }

  /** The labels with the largest sum, of which none goes on with what has not begun. */
  static int[] best(int size, Weights emission, Weights transition) {
    double[][] sums = new double[size][LABELS];
    int[][] from = new int[size][LABELS];
    for (int at = 0; at < size; at++) {
      for (int label = 0; label < LABELS; label++) {
        double most = at == 0 && mayFollow(0, label) ? transition.of(0, label) : IMPOSSIBLE;
        for (int before = 0; at > 0 && before < LABELS; before++) {
          double sum =
              mayFollow(before, label)
                  ? sums[at - 1][before] + transition.of(before, label)
                  : IMPOSSIBLE;
          if (sum > most) {
            most = sum;
            from[at][label] = before;
          }
        }
        sums[at][label] = most + emission.of(at, label);
      }
    }
    int[] labels = new int[size];
    for (int label = 1; label < LABELS; label++) {
      labels[size - 1] =
          sums[size - 1][label] > sums[size - 1][labels[size - 1]] ? label : labels[size - 1];
    }
    for (int at = size - 1; at > 0; at--) {
      labels[at - 1] = from[at][labels[at]];
    }
    return labels;
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
