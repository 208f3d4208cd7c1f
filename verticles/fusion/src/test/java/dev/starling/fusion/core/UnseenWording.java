package dev.starling.fusion.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Sentences that the intent model is never trained on, {@code unseen.txt}. */
final class UnseenWording {
  /** A sentence and what it is. */
  record Sentence(Intent intent, String text) {}

  private UnseenWording() {}

  static List<Sentence> read() {
    List<Sentence> sentences = new ArrayList<>();
    try (InputStream in = UnseenWording.class.getResourceAsStream("unseen.txt");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        if (tab > 0 && !line.startsWith("#")) {
          sentences.add(
              new Sentence(Intent.of(line.substring(0, tab)), line.substring(tab + 1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sentences;
  }

  /** What the model takes a sentence for: the likeliest intent, fragments being none. */
  static Intent taken(double[] shares) {
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return best == IntentModel.FRAGMENT ? Intent.NONE : Intent.values()[best];
  }
}
