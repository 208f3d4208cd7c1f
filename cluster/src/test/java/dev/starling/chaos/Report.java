package dev.starling.chaos;

import java.io.PrintStream;
import java.util.Collections;
import java.util.List;

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

  /**
   * The worst of all rounds beside the bounds. A bound is kept when every round has measured what
   * it is about.
   */
  void summary(Fault fault, List<RoundResult> results) {
    line("");
    line("| " + fault.name() + ", worst of " + results.size() + " rounds | measured | bound | |");
    line("|---|---:|---:|---|");
    for (Measure measure : Measure.values()) {
      List<Double> measured =
          results.stream()
              .map(result -> result.values().getOrDefault(measure, Double.NaN))
              .filter(value -> !value.isNaN())
              .toList();
      Double bound = fault.bounds().get(measure);
      if (bound != null) {
        bounded(measure, measured, results.size(), bound);
      } else if (!measured.isEmpty()) {
        line("| %s | %s | | |".formatted(measure.text(), measure.show(Collections.max(measured))));
      }
    }
    line("");
  }

  private void bounded(Measure measure, List<Double> measured, int rounds, double bound) {
    boolean whole = rounds > 0 && measured.size() == rounds;
    boolean ok = whole && Collections.max(measured) <= bound;
    broken |= !ok;
    line(
        "| %s | %s | %s | %s |"
            .formatted(
                measure.text(),
                whole
                    ? measure.show(Collections.max(measured))
                    : "missing in %d of %d".formatted(rounds - measured.size(), rounds),
                measure.show(bound),
                ok ? "ok" : "BROKEN"));
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
