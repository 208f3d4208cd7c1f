package dev.starling.fusion.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.fusion.evaluation.Wording;
import dev.starling.testkit.MiniLm;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Trains the model of what is said of pictures, on the development wording. */
final class PictureTraining {
  private static final double PENALTY = 2e-5;
  private static final int COPIES = 6;

  /** Fitted with writers left out, as the temperature of intents is with templates. */
  private static final double TEMPERATURE = 1.1;

  private static final Map<String, PictureKind> ADDITIONS =
      Map.of(
          "and-morning", PictureKind.THIS_MORNING,
          "and-just", PictureKind.JUST_TOOK,
          "and-device", PictureKind.SOURCE,
          "and-color", PictureKind.COLOR);

  /**
   * What is said of a picture, and what kind of thing that is.
   *
   * @param line that it was made from
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Example(String set, String line, PictureKind kind, List<String> words, boolean[] devices) {
    String text() {
      return String.join(" ", words);
    }
  }

  private PictureTraining() {}

  static PictureModel train(List<Example> examples, MiniLm model) {
    List<SoftmaxTraining.Sample> dense = new ArrayList<>();
    List<SoftmaxTraining.Sample> sparse = new ArrayList<>();
    Map<String, float[]> vectors = new HashMap<>();
    for (Example example : examples) {
      Map<Integer, Double> places = PictureModel.places(example.words(), example.devices());
      float[] vector = vectors.computeIfAbsent(example.text(), model::embed);
      dense.add(new SoftmaxTraining.Sample(places, vector, example.kind().ordinal()));
      sparse.add(new SoftmaxTraining.Sample(places, null, example.kind().ordinal()));
    }
    return new PictureModel(layer(dense, true), layer(sparse, false));
  }

  private static SoftmaxLayer layer(List<SoftmaxTraining.Sample> samples, boolean embedded) {
    SoftmaxTraining training =
        new SoftmaxTraining(PictureModel.LABELS, PictureModel.BUCKETS, embedded, PENALTY);
    training.train(samples);
    return training.layer(TEMPERATURE);
  }

  static List<Example> examples(List<Wording> sets) throws IOException {
    List<Example> examples = new ArrayList<>();
    Texts texts = Texts.values(sets);
    for (Wording set : sets) {
      for (Wording.Line line : set.tagged("references")) {
        PictureKind kind = kind(line.tag());
        int copies = line.first().contains("{") ? COPIES : 3;
        for (int i = 0; i < copies; i++) {
          examples.add(example(set.name(), line.first(), kind, texts));
        }
      }
      for (Wording.Line line : set.tagged("answers")) {
        PictureKind kind =
            switch (line.tag()) {
              case "newer" -> PictureKind.NEWER;
              case "older" -> PictureKind.OLDER;
              case "device" -> PictureKind.SOURCE;
              case "color" -> PictureKind.COLOR;
              default -> null;
            };
        for (int i = 0; kind != null && i < 3; i++) {
          examples.add(example(set.name(), line.first(), kind, texts));
        }
      }
      for (String file : List.of("labels", "captions")) {
        for (Wording.Line line : set.tagged(file)) {
          for (String name : line.parts().subList(1, line.parts().size())) {
            examples.add(example(set.name(), name, PictureKind.SHOWN, texts));
            if (examples.size() % 3 == 0) {
              // Two things are said at once: the words are read as they are.
              String both = name + " " + texts.addition();
              examples.add(example(set.name(), both, PictureKind.OTHER, texts));
            }
          }
        }
      }
    }
    try (InputStream in = PictureTraining.class.getResourceAsStream("pictures.txt")) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        for (int i = 0; !line.isBlank() && !line.startsWith("#") && i < 4; i++) {
          examples.add(example("core", line, PictureKind.OTHER, texts));
        }
      }
    }
    return examples;
  }

  private static PictureKind kind(String tag) {
    return ADDITIONS.containsKey(tag)
        ? ADDITIONS.get(tag)
        : PictureKind.valueOf(tag.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static Example example(String set, String line, PictureKind kind, Texts texts) {
    List<Device> devices = texts.home();
    List<String> words = Words.of(texts.filled(line, devices));
    boolean[] named = new boolean[words.size()];
    for (DeviceMention mention : new DeviceWords(devices).find(words)) {
      for (int i = mention.from(); i < mention.to(); i++) {
        named[i] |= i > mention.from() || mention.preposition().isEmpty();
      }
    }
    return new Example(set, line, kind, words, named);
  }

  /** How well the kinds of one writer are told by a model trained on the others'. */
  public static void main(String[] arguments) throws Exception {
    List<Wording> sets = Wording.development();
    List<Example> all = examples(sets);
    try (MiniLm model = new MiniLm()) {
      for (Wording set : sets) {
        PictureModel trained =
            train(all.stream().filter(one -> !one.set().equals(set.name())).toList(), model);
        int right = 0;
        int sure = 0;
        int surelyRight = 0;
        int total = 0;
        for (Example one : all) {
          if (!one.set().equals(set.name())) {
            continue;
          }
          PictureModel.Guess guess =
              trained.guess(one.words(), one.devices(), model.embed(one.text()));
          boolean hit = guess.kind() == one.kind();
          total++;
          right += hit ? 1 : 0;
          sure += guess.share() >= 0.6 ? 1 : 0;
          surelyRight += hit && guess.share() >= 0.6 ? 1 : 0;
          if (!hit && arguments.length > 0) {
            System.out.printf(
                Locale.ROOT,
                "  %s => %s %.2f: %s%n",
                one.kind(),
                guess.kind(),
                guess.share(),
                one.text());
          }
        }
        System.out.printf(
            Locale.ROOT,
            "%s: right %.3f of %d, sure %.3f, of these right %.3f%n",
            set.name(),
            right / (double) total,
            total,
            sure / (double) total,
            surelyRight / (double) sure);
      }
    }
  }
}
