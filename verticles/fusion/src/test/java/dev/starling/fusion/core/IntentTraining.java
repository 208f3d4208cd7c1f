package dev.starling.fusion.core;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Trains the intent model on {@code wording.txt}, and says how well it does on templates that it
 * was not trained on. Run by hand when the wording or the features change:
 *
 * <p>{@code java -cp ... dev.starling.fusion.core.IntentTraining
 * src/main/resources/dev/starling/fusion/core/intents.model}
 */
public final class IntentTraining {
  private static final int FOLDS = 5;
  private static final double PENALTY = 2e-5;

  private final List<Wording.Example> examples = Wording.read().examples(7);
  private final List<SoftmaxTraining.Sample> dense = new ArrayList<>();
  private final List<SoftmaxTraining.Sample> sparse = new ArrayList<>();

  private IntentTraining() throws IOException, OrtException {
    Map<String, float[]> known = new HashMap<>();
    try (MiniLm model = new MiniLm()) {
      for (Wording.Example example : examples) {
        float[] vector = known.computeIfAbsent(example.text(), model::embed);
        Map<Integer, Double> places = TextFeatures.of(Words.of(example.text()));
        dense.add(new SoftmaxTraining.Sample(places, vector, example.label()));
        sparse.add(new SoftmaxTraining.Sample(places, null, example.label()));
      }
    }
  }

  public static void main(String[] arguments) throws IOException, OrtException {
    IntentTraining training = new IntentTraining();
    boolean misses = arguments.length > 1;
    double both = training.crossValidate("words and embedding", training.dense, misses);
    double words = training.crossValidate("words alone", training.sparse, false);
    IntentModel model =
        new IntentModel(train(training.dense).layer(both), train(training.sparse).layer(words));
    Path path = Path.of(arguments[0]);
    Files.createDirectories(path.getParent());
    try (OutputStream out = Files.newOutputStream(path)) {
      model.write(out);
    }
    System.out.printf(Locale.ROOT, "%s: %d bytes%n", path, Files.size(path));
    unseen(model, misses);
  }

  private static void unseen(IntentModel model, boolean misses)
      throws IOException, OrtException {
    int right = 0;
    int rightWords = 0;
    List<UnseenWording.Sentence> sentences = UnseenWording.read();
    try (MiniLm embedder = new MiniLm()) {
      for (UnseenWording.Sentence sentence : sentences) {
        List<String> words = Words.of(sentence.text());
        double[] shares = model.probabilities(words, embedder.embed(sentence.text()));
        double[] byWords = model.probabilities(words, null);
        boolean hit = UnseenWording.taken(shares) == sentence.intent();
        right += hit ? 1 : 0;
        rightWords += UnseenWording.taken(byWords) == sentence.intent() ? 1 : 0;
        if (misses && (!hit || shares[sentence.intent().ordinal()] < 0.7)) {
          System.out.printf(
              Locale.ROOT,
              "  unseen %s => %s %.2f (own %.2f): %s%n",
              sentence.intent().text(),
              label(best(shares)),
              shares[best(shares)],
              shares[sentence.intent().ordinal()],
              sentence.text());
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "unseen: %d sentences, right %.3f, by words alone %.3f%n",
        sentences.size(),
        right / (double) sentences.size(),
        rightWords / (double) sentences.size());
  }

  private static SoftmaxTraining train(List<SoftmaxTraining.Sample> samples) {
    SoftmaxTraining training = new SoftmaxTraining(samples.get(0).vector() != null, PENALTY);
    training.train(samples);
    return training;
  }

  /** Prints, and gives the temperature. */
  private double crossValidate(
      String name, List<SoftmaxTraining.Sample> samples, boolean misses) {
    List<double[]> sums = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      List<SoftmaxTraining.Sample> others = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        if (fold(i) != fold) {
          others.add(samples.get(i));
        }
      }
      SoftmaxTraining training = train(others);
      for (int i = 0; i < samples.size(); i++) {
        if (fold(i) == fold) {
          sums.add(training.sums(samples.get(i)));
          labels.add(samples.get(i).label());
          indexes.add(i);
        }
      }
    }
    double temperature = SoftmaxTraining.temperature(sums, labels);
    report(name, sums, labels, indexes, temperature, misses);
    return temperature;
  }

  private int fold(int index) {
    return Math.floorMod(examples.get(index).template().hashCode() * 31, FOLDS);
  }

  private void report(
      String name,
      List<double[]> sums,
      List<Integer> labels,
      List<Integer> indexes,
      double temperature,
      boolean misses) {
    int right = 0;
    int sure = 0;
    int surelyWrong = 0;
    Map<String, int[]> byLabel = new TreeMap<>();
    for (int i = 0; i < sums.size(); i++) {
      double[] cooled = sums.get(i).clone();
      for (int label = 0; label < cooled.length; label++) {
        cooled[label] /= temperature;
      }
      double[] shares = Softmax.of(cooled);
      int best = best(shares);
      boolean hit = best == labels.get(i);
      right += hit ? 1 : 0;
      sure += shares[best] >= 0.7 ? 1 : 0;
      surelyWrong += shares[best] >= 0.7 && !hit ? 1 : 0;
      int[] tally = byLabel.computeIfAbsent(label(labels.get(i)), ignored -> new int[2]);
      tally[0]++;
      tally[1] += hit ? 1 : 0;
      if (misses && !hit) {
        Wording.Example example = examples.get(indexes.get(i));
        System.out.printf(
            Locale.ROOT,
            "  %s -> %s %.2f (own %.2f): %s%n",
            label(labels.get(i)),
            label(best),
            shares[best],
            shares[labels.get(i)],
            example.text());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d texts, right %.3f, sure %.3f, of these wrong %.3f, temperature %.2f%n",
        name,
        sums.size(),
        right / (double) sums.size(),
        sure / (double) sums.size(),
        surelyWrong / (double) sure,
        temperature);
    byLabel.forEach(
        (label, tally) ->
            System.out.printf(
                Locale.ROOT, "  %-16s %5d %.3f%n", label, tally[0], tally[1] / (double) tally[0]));
  }

  private static int best(double[] shares) {
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return best;
  }

  private static String label(int label) {
    return label == IntentModel.FRAGMENT ? "fragment" : Intent.values()[label].text();
  }
}
