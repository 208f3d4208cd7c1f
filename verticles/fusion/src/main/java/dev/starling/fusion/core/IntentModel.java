package dev.starling.fusion.core;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How likely each intent is, from a text's words and its embedding: softmax regression. Immutable,
 * thread-safe, and the same to the bit everywhere.
 *
 * <p>There are two layers: one for words and embedding, one for words alone. {@code
 * scripts/train-fusion} trains it.
 */
final class IntentModel {
  /** Intents, and then what makes sense only after something else was said. */
  static final int LABELS = Intent.values().length + 1;

  static final int FRAGMENT = LABELS - 1;

  /** What a question, a report or a ban adds for no command, beyond what the weights learnt. */
  private static final double NO_COMMAND = 0.7;

  private static final String SHIPPED = "intents.model";
  private static final int FORMAT = 0x53494d31; // "SIM1"

  private final SoftmaxLayer both;
  private final SoftmaxLayer words;

  IntentModel(SoftmaxLayer both, SoftmaxLayer words) {
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
    return new IntentModel(SoftmaxLayer.read(in, LABELS), SoftmaxLayer.read(in, LABELS));
  }

  void write(OutputStream to) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(to))) {
      out.writeInt(FORMAT);
      both.write(out);
      words.write(out);
    }
  }

  /**
   * How likely each label is; they sum to 1.
   *
   * @param vector null when there is none, or it is not of the model's length
   */
  double[] probabilities(Phrase phrase, float @Nullable [] vector) {
    Map<Integer, Double> places = TextFeatures.of(phrase);
    double[] sums =
        SoftmaxLayer.isEmbedding(vector) ? both.sums(places, vector) : words.sums(places, null);
    if (Mood.isNoCommand(phrase.outline())) {
      sums[Intent.NONE.ordinal()] += NO_COMMAND;
    }
    return Softmax.of(sums);
  }
}
