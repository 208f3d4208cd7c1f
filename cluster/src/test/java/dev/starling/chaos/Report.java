package dev.starling.chaos;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Prints rounds as they end, and the table of the worst in the end. */
final class Report {
  private final PrintStream out;
  private boolean broken;

  Report(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void round(Fault fault, int number, int rounds, RoundResult result) {
    line(
        "%s, round %d of %d%s: %d calls, victim's share %.0f %%, %s"
            .formatted(
                fault.name(),
                number,
                rounds,
                result.counts() ? "" : " (does not count)",
                result.calls(),
                100 * result.victimShare(),
                brief(result)));
    result.notes().forEach(note -> line("    " + note));
  }

  /** The worst of all rounds beside the bounds. */
  void summary(Fault fault, List<RoundResult> results) {
    line("");
    line("| " + fault.name() + ", worst of " + results.size() + " rounds | measured | bound | |");
    line("|---|---:|---:|---|");
    for (Measure measure : Measure.values()) {
      double worst =
          results.stream()
              .map(RoundResult::values)
              .filter(values -> values.containsKey(measure))
              .mapToDouble(values -> values.get(measure))
              .max()
              .orElse(Double.NaN);
      if (!Double.isNaN(worst)) {
        row(measure, worst, fault.bounds());
      }
    }
    line("");
  }

  private void row(Measure measure, double worst, Map<Measure, Double> bounds) {
    Double bound = bounds.get(measure);
    boolean ok = bound == null || worst <= bound;
    broken |= !ok;
    line(
        "| %s | %s | %s | %s |"
            .formatted(
                measure.text(),
                measure.show(worst),
                bound == null ? "" : measure.show(bound),
                bound == null ? "" : ok ? "ok" : "BROKEN"));
  }

  boolean isBroken() {
    return broken;
  }

  private static String brief(RoundResult result) {
    StringBuilder text = new StringBuilder();
    for (Measure measure : Measure.values()) {
      Double value = result.values().get(measure);
      if (value != null) {
        text.append(text.isEmpty() ? "" : ", ").append(measure.text()).append(' ');
        text.append(measure.show(value));
      }
    }
    return text.toString();
  }
}
