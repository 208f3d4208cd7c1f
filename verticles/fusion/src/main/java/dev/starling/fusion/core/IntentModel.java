package dev.starling.fusion.core;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How likely each intent is, from a text's words and its embedding: softmax regression. Immutable,
 * thread-safe, and the same to the bit everywhere.
 *
 * <p>There are two layers: one for words and embedding, one for words alone. Weights are bytes,
 * times a scale; a temperature makes the probabilities as sure as they are right (it is fitted to
 * wording that the weights were not trained on). {@code docs/fusion.md} says how to train.
 */
final class IntentModel {
  /** Numbers of an embedding. */
  static final int DIMENSIONS = 384;

  /** Intents, and then what makes sense only after something else was said. */
  static final int LABELS = Intent.values().length + 1;

  static final int FRAGMENT = LABELS - 1;

  /** What a question, a report or a ban adds for no command, beyond what the weights learnt. */
  private static final double NO_COMMAND = 2;

  private static final String SHIPPED = "intents.model";
  private static final int FORMAT = 0x53494d31; // "SIM1"

  private final Layer both;
  private final Layer words;

  /**
   * Weights of one softmax.
   *
   * @param inputs buckets, then dimensions, then the bias
   * @param scale of a weight
   * @param temperature by which sums are divided
   * @param weights label by label
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Layer(int inputs, double scale, double temperature, byte[] weights) {}

  IntentModel(Layer both, Layer words) {
    this.both = both;
    this.words = words;
  }

  /** The one that ships; blocks. */
  static IntentModel shipped() {
    try (InputStream in = IntentModel.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is not in the jar");
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static IntentModel read(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(from)));
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException("format: " + format + " (expected: " + FORMAT + ")");
    }
    return new IntentModel(readLayer(in), readLayer(in));
  }

  void write(OutputStream to) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(to))) {
      out.writeInt(FORMAT);
      for (Layer layer : List.of(both, words)) {
        out.writeInt(layer.inputs());
        out.writeDouble(layer.scale());
        out.writeDouble(layer.temperature());
        out.write(layer.weights());
      }
    }
  }

  private static Layer readLayer(DataInputStream in) throws IOException {
    int inputs = in.readInt();
    double scale = in.readDouble();
    double temperature = in.readDouble();
    byte[] weights = new byte[inputs * LABELS];
    in.readFully(weights);
    return new Layer(inputs, scale, temperature, weights);
  }

  /**
   * How likely each label is; they sum to 1.
   *
   * @param vector null when there is none, or it is not of the model's length
   */
  double[] probabilities(List<String> text, float @Nullable [] vector) {
    boolean dense = vector != null && vector.length == DIMENSIONS;
    Layer layer = dense ? both : words;
    Map<Integer, Double> places = TextFeatures.of(text);
    double[] sums = new double[LABELS];
    for (int label = 0; label < LABELS; label++) {
      int row = label * layer.inputs();
      double sum = layer.weights()[row + layer.inputs() - 1];
      for (Map.Entry<Integer, Double> place : places.entrySet()) {
        sum += layer.weights()[row + place.getKey()] * place.getValue();
      }
      if (dense) {
        for (int i = 0; i < DIMENSIONS; i++) {
          sum += layer.weights()[row + TextFeatures.BUCKETS + i] * (double) vector[i];
        }
      }
      sums[label] = sum * layer.scale() / layer.temperature();
    }
    if (Mood.isNoCommand(text)) {
      sums[Intent.NONE.ordinal()] += NO_COMMAND;
    }
    return Softmax.of(sums);
  }
}
