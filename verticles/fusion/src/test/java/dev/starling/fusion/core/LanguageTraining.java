package dev.starling.fusion.core;

import ai.onnxruntime.OrtException;
import dev.starling.fusion.evaluation.Wording;
import dev.starling.testkit.MiniLm;
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
 * Trains the models of language on the development wording, and says how well intents are told on
 * templates that they were not trained on. {@code scripts/train-fusion} runs it when the wording or
 * the features change.
 */
public final class LanguageTraining {
  private static final int FOLDS = 5;
  private static final double PENALTY = 2e-5;
  private static final DeviceWords NO_DEVICES = new DeviceWords(List.of());

  private final List<Texts.Text> texts;
  private final SlotModel slots;
  private final List<SoftmaxTraining.Sample> dense = new ArrayList<>();
  private final List<SoftmaxTraining.Sample> sparse = new ArrayList<>();

  private LanguageTraining(List<Texts.Text> texts) throws IOException, OrtException {
    this.texts = texts;
    this.slots = SlotTraining.train(samples(texts));
    // Slots of a text are found by a model that has not met its template, as those of users' are.
    List<SlotModel> halves = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      int other = 1 - half;
      halves.add(
          SlotTraining.train(samples(texts.stream().filter(text -> half(text) == other).toList())));
    }
    Map<String, float[]> known = new HashMap<>();
    try (MiniLm model = new MiniLm()) {
      for (Texts.Text text : texts) {
        Phrase phrase =
            new Phrase(
                text.text(),
                text.words(),
                text.mentions(),
                halves.get(half(text)).spans(text.words(), text.mentions()));
        float[] vector = known.computeIfAbsent(String.join(" ", phrase.outline()), model::embed);
        Map<Integer, Double> places = TextFeatures.of(phrase);
        dense.add(new SoftmaxTraining.Sample(places, vector, text.label()));
        sparse.add(new SoftmaxTraining.Sample(places, null, text.label()));
      }
    }
  }

  private static int half(Texts.Text text) {
    return Math.floorMod(text.template().hashCode() * 31 >> 8, 2);
  }

  private static List<SlotTraining.Sample> samples(List<Texts.Text> texts) {
    List<SlotTraining.Sample> samples = new ArrayList<>();
    for (Texts.Text text : texts) {
      if (text.spans() != null && !text.words().isEmpty()) {
        samples.add(new SlotTraining.Sample(text.words(), text.mentions(), text.spans()));
      }
    }
    return samples;
  }

  /**
   * @param arguments the folder of the models, then {@code --misses} to list what was not
   *     recognised, {@code --contents} to train only what is on pictures, {@code --without} and the
   *     names of wordings that are left out, and {@code --quick} for no cross-validation
   */
  public static void main(String[] arguments) throws IOException, OrtException {
    List<String> options = List.of(arguments);
    if (options.contains("--contents")) {
      try (MiniLm embedder = new MiniLm();
          OutputStream contents =
              Files.newOutputStream(Path.of(arguments[0]).resolve("contents.model"))) {
        ContentTraining.train(Wording.development(), embedder).write(contents);
      }
      return;
    }
    boolean misses = options.contains("--misses");
    int without = options.indexOf("--without");
    List<Wording> sets = new ArrayList<>(Wording.development());
    List<String> left = without < 0 ? List.of() : List.of(options.get(without + 1).split(",", -1));
    sets.removeIf(set -> left.contains(set.name()));
    LanguageTraining training = new LanguageTraining(Texts.of(sets));
    double both = 0.8;
    double words = 1;
    if (!options.contains("--quick")) {
      both = training.crossValidate("words and embedding", training.dense, misses);
      words = training.crossValidate("words alone", training.sparse, false);
    }
    IntentModel model =
        new IntentModel(train(training.dense).layer(both), train(training.sparse).layer(words));
    Path folder = Path.of(arguments[0]);
    Files.createDirectories(folder);
    Path path = folder.resolve("intents.model");
    try (OutputStream out = Files.newOutputStream(path)) {
      model.write(out);
    }
    Path slots = folder.resolve("slots.model");
    try (OutputStream out = Files.newOutputStream(slots)) {
      training.slots.write(out);
    }
    Path pictures = folder.resolve("pictures.model");
    try (MiniLm embedder = new MiniLm();
        OutputStream out = Files.newOutputStream(pictures);
        OutputStream contents = Files.newOutputStream(folder.resolve("contents.model"))) {
      PictureTraining.train(PictureTraining.examples(sets), embedder).write(out);
      ContentTraining.train(sets, embedder).write(contents);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d bytes, %s: %d bytes%n",
        path,
        Files.size(path),
        slots,
        Files.size(slots));
    unseen("unseen.txt", model, training.slots, misses);
    unseen("validation.txt", model, training.slots, false);
  }

  private static void unseen(String resource, IntentModel model, SlotModel slots, boolean misses)
      throws IOException, OrtException {
    int right = 0;
    int rightWords = 0;
    List<Sentences.Sentence> sentences = Sentences.read(resource);
    try (MiniLm embedder = new MiniLm()) {
      for (Sentences.Sentence sentence : sentences) {
        Phrase phrase = Phrase.of(sentence.text(), NO_DEVICES, slots);
        double[] shares =
            model.probabilities(phrase, embedder.embed(String.join(" ", phrase.outline())));
        double[] byWords = model.probabilities(phrase, null);
        boolean hit = Sentences.taken(shares) == sentence.intent();
        right += hit ? 1 : 0;
        rightWords += Sentences.taken(byWords) == sentence.intent() ? 1 : 0;
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
        "%s: %d sentences, right %.3f, by words alone %.3f%n",
        resource,
        sentences.size(),
        right / (double) sentences.size(),
        rightWords / (double) sentences.size());
  }

  private static SoftmaxTraining train(List<SoftmaxTraining.Sample> samples) {
    SoftmaxTraining training =
        new SoftmaxTraining(
            IntentModel.LABELS, TextFeatures.BUCKETS, samples.get(0).vector() != null, PENALTY);
    training.train(samples);
    return training;
  }

  /** Prints, and gives the temperature. */
  private double crossValidate(String name, List<SoftmaxTraining.Sample> samples, boolean misses) {
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
    return Math.floorMod(texts.get(index).template().hashCode() * 31, FOLDS);
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
        Texts.Text example = texts.get(indexes.get(i));
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
