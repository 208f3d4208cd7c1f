package dev.starling.faq;

import ai.onnxruntime.OrtException;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.faq.TestQuestions.Paraphrase;
import dev.starling.faq.TestQuestions.Part;
import dev.starling.testkit.MiniLm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures how the shipped knowledge base answers the test questions, with the embedding model that
 * ships and exact search. {@code scripts/eval-faq} runs it.
 */
public final class FaqEvaluation {
  private static final int FIRST = 30;
  private static final int LAST = 75;
  private static final int STEP = 5;

  /**
   * The most that may be answered out of scope, of the questions that the threshold is chosen by.
   */
  static final double MAX_FALSE = 0.05;

  private final KnowledgeBase base;
  private final List<Found> dev;
  private final List<Found> heldOut;

  /**
   * The nearest question of the knowledge base.
   *
   * @param entry that should answer; empty out of scope
   * @param matches the nearest ones
   */
  record Found(String ask, String entry, Matches matches) {}

  /** What became of so many questions. */
  record Tally(int inScope, int right, int wrong, int outOfScope, int falseAnswers) {
    double hitRate() {
      return right / (double) inScope;
    }

    double falseRate() {
      return falseAnswers / (double) outOfScope;
    }
  }

  FaqEvaluation() throws IOException, OrtException {
    base = KnowledgeBase.read("");
    TestQuestions questions = TestQuestions.read();
    try (MiniLm model = new MiniLm()) {
      Map<String, float[]> points = new TreeMap<>();
      base.points().forEach((id, question) -> points.put(id, model.embed(question.text())));
      dev = find(questions.dev(), points, model);
      heldOut = find(questions.heldOut(), points, model);
    }
  }

  List<Found> dev() {
    return dev;
  }

  List<Found> heldOut() {
    return heldOut;
  }

  /** The lowest threshold, to a twentieth, that answers few enough questions out of scope. */
  double chosen() {
    for (int percent = FIRST; percent <= LAST; percent += STEP) {
      if (tally(dev, percent / 100.0).falseRate() <= MAX_FALSE) {
        return percent / 100.0;
      }
    }
    throw new IllegalStateException("no threshold up to " + LAST + " % will do");
  }

  Tally tally(List<Found> asked, double threshold) {
    int right = 0;
    int wrong = 0;
    int falseAnswers = 0;
    int outOfScope = 0;
    for (Found found : asked) {
      Decision decision = Decision.of(found.matches(), base, threshold);
      boolean inScope = !found.entry().isEmpty();
      outOfScope += inScope ? 0 : 1;
      if (decision instanceof Decision.Known known) {
        if (!inScope) {
          falseAnswers++;
        } else if (known.entry().id().equals(found.entry())) {
          right++;
        } else {
          wrong++;
        }
      }
    }
    return new Tally(asked.size() - outOfScope, right, wrong, outOfScope, falseAnswers);
  }

  private static List<Found> find(Part part, Map<String, float[]> points, MiniLm model) {
    List<Found> found = new ArrayList<>();
    for (Paraphrase paraphrase : part.paraphrases()) {
      found.add(
          new Found(
              paraphrase.ask(),
              paraphrase.entry(),
              nearest(model.embed(paraphrase.ask()), points)));
    }
    for (String ask : part.outOfScope()) {
      found.add(new Found(ask, "", nearest(model.embed(ask), points)));
    }
    return found;
  }

  /** All vectors have the length 1, so the cosine is their product. */
  private static Matches nearest(float[] wanted, Map<String, float[]> points) {
    List<Match> matches = new ArrayList<>();
    points.forEach(
        (id, vector) -> {
          double cosine = 0;
          for (int i = 0; i < vector.length; i++) {
            cosine += wanted[i] * vector[i];
          }
          matches.add(new Match(id, cosine, "{}"));
        });
    matches.sort(Comparator.comparingDouble(Match::score).reversed());
    return new Matches(matches.subList(0, 3), false);
  }

  String report() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d entries, %d questions%n",
            base.entries().size(),
            base.points().size()));
    table(text, "dev", dev);
    text.append(
        String.format(
            Locale.ROOT,
            "%nchosen with dev: %.2f, the lowest that answers at most %.0f %% out of scope%n",
            chosen(),
            100 * MAX_FALSE));
    table(text, "held-out", heldOut);
    return text.toString();
  }

  private void table(StringBuilder text, String name, List<Found> asked) {
    Tally all = tally(asked, Double.MIN_VALUE);
    text.append(
        String.format(
            Locale.ROOT,
            "%n%s: %d paraphrases (the nearest is right: %.1f %%), %d out of scope%n",
            name,
            all.inScope(),
            100 * all.hitRate(),
            all.outOfScope()));
    text.append(
        String.format(
            "%-10s %12s %12s %12s %14s%n",
            "threshold", "right", "wrong", "don't know", "out of scope"));
    for (int percent = FIRST; percent <= LAST; percent += STEP) {
      Tally tally = tally(asked, percent / 100.0);
      int silent = tally.inScope() - tally.right() - tally.wrong();
      text.append(
          String.format(
              Locale.ROOT,
              "%-10.2f %10.1f %% %10.1f %% %10.1f %% %12.1f %%%n",
              percent / 100.0,
              100 * tally.hitRate(),
              100.0 * tally.wrong() / tally.inScope(),
              100.0 * silent / tally.inScope(),
              100 * tally.falseRate()));
    }
  }

  /**
   * Prints the report.
   *
   * @param arguments {@code --misses} to list what was answered wrongly or not at all
   */
  public static void main(String[] arguments) throws IOException, OrtException {
    FaqEvaluation evaluation = new FaqEvaluation();
    System.out.print(evaluation.report());
    if (List.of(arguments).contains("--misses")) {
      double threshold = evaluation.chosen();
      System.out.printf("%nmisses of dev at %.2f%n", threshold);
      for (Found found : evaluation.dev()) {
        Match best = found.matches().matches().get(0);
        String entry = String.valueOf(evaluation.base.entry(best.id()).id());
        boolean answered = best.score() >= threshold;
        if (answered ? !entry.equals(found.entry()) : !found.entry().isEmpty()) {
          System.out.printf(
              Locale.ROOT,
              "%.3f %-20s %-20s %s%n",
              best.score(),
              entry,
              found.entry(),
              found.ask());
        }
      }
    }
  }
}
