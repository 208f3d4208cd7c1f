package dev.starling.fusion.core;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
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

  private static final ModelFile FILE = new ModelFile("intents.model", 0x53494d31); // "SIM1"

  private final SoftmaxLayer both;
  private final SoftmaxLayer words;

  IntentModel(SoftmaxLayer both, SoftmaxLayer words) {
    this.both = both;
    this.words = words;
  }

  /** The one that ships; blocks. */
  static IntentModel shipped() {
    return FILE.shipped(IntentModel::readWeights);
  }

  static IntentModel read(InputStream from) throws IOException {
    return FILE.read(from, IntentModel::readWeights);
  }

  private static IntentModel readWeights(DataInputStream in) throws IOException {
    return new IntentModel(SoftmaxLayer.read(in, LABELS), SoftmaxLayer.read(in, LABELS));
  }

  void write(OutputStream to) throws IOException {
    FILE.write(to, this::writeWeights);
  }

  private void writeWeights(DataOutputStream out) throws IOException {
    both.write(out);
    words.write(out);
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
