package dev.starling.fusion.core;

import ai.onnxruntime.OrtException;
import dev.starling.testkit.MiniLm;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures the resolver with the development scenarios. Its wording is what the intent model was
 * trained on, so this tells of references and devices rather than of intents.
 *
 * <p>Arguments: how many rounds, and {@code misses} to list what was not right.
 */
public final class DevEvaluation {
  private static final List<String> VERDICTS = List.of("right", "asked", "wrong", "missed");

  private DevEvaluation() {}

  public static void main(String[] arguments) throws IOException, OrtException {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    boolean misses = arguments.length > 1;
    EventTimeResolver resolver = EventTimeResolver.create();
    Map<String, float[]> known = new HashMap<>();
    Map<String, int[]> tally = new TreeMap<>();
    int[] bins = new int[11];
    int[] rightBins = new int[11];
    long nanos = 0;
    try (MiniLm model = new MiniLm()) {
      Home.Embedder embedder = text -> known.computeIfAbsent(text, model::embed);
      for (DevScenarios.Case one : new DevScenarios(5).make(rounds)) {
        one.home().decide(resolver, one.utterance(), embedder);
        long start = System.nanoTime();
        Decision decision = one.home().decide(resolver, one.utterance(), embedder);
        nanos += System.nanoTime() - start;
        String verdict = verdict(one, decision);
        int[] counts = tally.computeIfAbsent(one.phenomenon(), ignored -> new int[4]);
        counts[VERDICTS.indexOf(verdict)]++;
        if (decision.status() == Decision.Status.RESOLVED) {
          int bin = (int) (decision.confidence() * 10);
          bins[bin]++;
          rightBins[bin] += verdict.equals("right") ? 1 : 0;
        }
        if (misses && !verdict.equals("right")) {
          print(one, decision, verdict);
        }
      }
    }
    int[] all = new int[4];
    tally.forEach(
        (name, counts) -> {
          System.out.printf(
              Locale.ROOT,
              "%-18s right %3d asked %3d wrong %3d missed %3d%n",
              name,
              counts[0],
              counts[1],
              counts[2],
              counts[3]);
          for (int i = 0; i < 4; i++) {
            all[i] += counts[i];
          }
        });
    double total = all[0] + all[1] + all[2] + all[3];
    System.out.printf(
        Locale.ROOT,
        "all: right %.3f asked %.3f wrong %.3f missed %.3f of %.0f%n",
        all[0] / total,
        all[1] / total,
        all[2] / total,
        all[3] / total,
        total);
    System.out.printf(Locale.ROOT, "%.2f ms for each decision%n", nanos / 1e6 / total);
    for (int bin = 0; bin < bins.length; bin++) {
      if (bins[bin] > 0) {
        System.out.printf(
            Locale.ROOT,
            "confidence from %.1f: %d, right %.3f%n",
            bin / 10.0,
            bins[bin],
            rightBins[bin] / (double) bins[bin]);
      }
    }
  }

  static String verdict(DevScenarios.Case one, Decision decision) {
    boolean same = decision.status() == one.status() && decision.intent() == one.intent();
    if (same && one.status() == Decision.Status.RESOLVED) {
      String target = decision.target() == null ? "" : decision.target().id();
      same =
          target.equals(one.target())
              && decision.device().equals(one.device())
              && decision.arguments().equals(one.arguments());
    }
    if (same) {
      return "right";
    }
    return switch (decision.status()) {
      case ASKED -> "asked";
      case RESOLVED -> "wrong";
      case NONE -> "missed";
    };
  }

  private static void print(DevScenarios.Case one, Decision decision, String verdict) {
    System.out.printf(
        Locale.ROOT,
        "  [%s] %s: \"%s\" expected %s %s %s %s %s, got %s %s %s %s %s %.2f \"%s\" %s%n",
        one.phenomenon(),
        verdict,
        one.text(),
        one.status(),
        one.intent(),
        one.target(),
        one.device(),
        one.arguments(),
        decision.status(),
        decision.intent(),
        decision.target(),
        decision.device(),
        decision.arguments(),
        decision.confidence(),
        decision.question(),
        decision.explanation().readings());
    decision.explanation().candidates().stream()
        .limit(3)
        .forEach(
            candidate ->
                System.out.printf(
                    Locale.ROOT,
                    "      %s %.2f %s %s%n",
                    candidate.target().id(),
                    candidate.score(),
                    candidate.reasons(),
                    candidate.lost()));
  }
}
