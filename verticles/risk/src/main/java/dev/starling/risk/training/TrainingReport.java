package dev.starling.risk.training;

import dev.starling.risk.Feature;
import dev.starling.risk.training.Training.Sample;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;

/** What {@code scripts/train-risk} prints. Without state. */
final class TrainingReport {
  private static final double[] FLAGGED = {0.01, 0.02, 0.05, 0.10, 0.20};

  private TrainingReport() {}

  static String of(Training training, long seed) {
    Sample trained = training.trained();
    Sample heldOut = training.heldOut();
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add(
        text(
            "order-risk, seed %d: %d made-up orders to train with (%.1f %% risky), %d held out"
                + " (%.1f %% risky)",
            seed,
            trained.size(),
            percent(trained.riskyOnes(), trained.size()),
            heldOut.size(),
            percent(heldOut.riskyOnes(), heldOut.size())));
    lines.add("");
    lines.add(text("%-24s %8s %10s", "AUC", "trained", "held out"));
    lines.add(
        text(
            "%-24s %8.3f %10.3f",
            "gradient-boosted trees", training.auc(trained), training.auc(heldOut)));
    LinearBaseline linear = LinearBaseline.train(trained.rows(), trained.risky());
    lines.add(
        text(
            "%-24s %8.3f %10.3f",
            "logistic regression", auc(linear, trained), auc(linear, heldOut)));
    lines.add(
        text("%-24s %8.3f %10.3f", "the amount alone", amountAlone(trained), amountAlone(heldOut)));
    lines.add("");
    lines.add(text("%-24s %9s %12s %12s", "held out, by threshold", "flagged", "right", "found"));
    double[] scores = training.scores(heldOut);
    for (double share : FLAGGED) {
      lines.add(threshold(scores, heldOut.risky(), share));
    }
    lines.add("");
    lines.add("medians of the orders trained with");
    for (Feature feature : Feature.values()) {
      lines.add(text("%-24s %9.3f", feature.key(), trained.median(feature)));
    }
    return lines.toString();
  }

  private static String threshold(double[] scores, boolean[] risky, double share) {
    double threshold = quantile(scores, 1 - share);
    int flagged = 0;
    int right = 0;
    int all = 0;
    for (int i = 0; i < scores.length; i++) {
      all += risky[i] ? 1 : 0;
      if (scores[i] >= threshold) {
        flagged++;
        right += risky[i] ? 1 : 0;
      }
    }
    return text(
        "score >= %-15.3f %7.1f %% %10.1f %% %10.1f %%",
        threshold, percent(flagged, scores.length), percent(right, flagged), percent(right, all));
  }

  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  private static double auc(LinearBaseline model, Sample sample) {
    return Auc.of(Arrays.stream(sample.rows()).mapToDouble(model::logit).toArray(), sample.risky());
  }

  private static double amountAlone(Sample sample) {
    return Auc.of(
        Arrays.stream(sample.rows()).mapToDouble(row -> row[Feature.AMOUNT.column()]).toArray(),
        sample.risky());
  }

  private static double percent(int part, int whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
