package dev.starling.fusion.core;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kind of thing words say of a picture: softmax regression over the words and their embedding.
 * There are many ways of saying "the one before", and few things that are said. Immutable,
 * thread-safe, and the same to the bit everywhere. {@code scripts/train-fusion} trains it.
 */
final class PictureModel {
  static final int LABELS = PictureKind.values().length;
  static final int BUCKETS = 4096;

  private static final ModelFile FILE = new ModelFile("pictures.model", 0x53504d31); // "SPM1"

  private final SoftmaxLayer both;
  private final SoftmaxLayer words;

  PictureModel(SoftmaxLayer both, SoftmaxLayer words) {
    this.both = both;
    this.words = words;
  }

  /**
   * A kind, and how likely it is.
   *
   * @param share 0..1
   */
  record Guess(PictureKind kind, double share) {}

  /** The one that ships; blocks. */
  static PictureModel shipped() {
    return FILE.shipped(PictureModel::readWeights);
  }

  static PictureModel read(InputStream from) throws IOException {
    return FILE.read(from, PictureModel::readWeights);
  }

  private static PictureModel readWeights(DataInputStream in) throws IOException {
    return new PictureModel(SoftmaxLayer.read(in, LABELS), SoftmaxLayer.read(in, LABELS));
  }

  void write(OutputStream to) throws IOException {
    FILE.write(to, this::writeWeights);
  }

  private void writeWeights(DataOutputStream out) throws IOException {
    both.write(out);
    words.write(out);
  }

  /**
   * The likeliest kind.
   *
   * @param said of the picture, and no more
   * @param devices where the words name one
   * @param vector of the words; null for none
   */
  Guess guess(List<String> said, boolean[] devices, float @Nullable [] vector) {
    Map<Integer, Double> places = places(said, devices);
    double[] shares =
        Softmax.of(
            SoftmaxLayer.isEmbedding(vector)
                ? both.sums(places, vector)
                : words.sums(places, null));
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return new Guess(PictureKind.values()[best], shares[best]);
  }

  /** Weights of the places that words fall into; the squares of all weights sum to 1. */
  static Map<Integer, Double> places(List<String> said, boolean[] devices) {
    FeatureHash places = new FeatureHash(BUCKETS);
    String before = "^";
    String earlier = "^";
    for (int i = 0; i < said.size(); i++) {
      String word = devices[i] ? "#device" : kind(said.get(i));
      if (word.equals("#device") && before.equals(word)) {
        continue;
      }
      places.add("w " + word, 1.0);
      places.add("b " + before + " " + word, 0.8);
      places.add("t " + earlier + " " + before + " " + word, 0.5);
      if (word.length() > 4) {
        places.add("p " + word.substring(0, 4), 0.5);
      }
      earlier = before;
      before = word;
    }
    places.add("b " + before + " $", 0.7);
    places.add("n " + Math.min(8, said.size()), 0.4);
    return places.unit();
  }

  /** The same word for all colours, days and ordinals. */
  private static String kind(String word) {
    if (Colors.named(word) != null) {
      return "#color";
    }
    if (PictureKind.isWeekday(word)) {
      return "#weekday";
    }
    return PictureKind.isOrdinal(word) && !word.equals("one") ? "#ordinal" : word;
  }
}
