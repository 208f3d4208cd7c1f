package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Bootstrap.Interval;
import dev.starling.fusion.evaluation.Result.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Measurements as tables. */
final class Report {
  private final List<Measurement> measurements;
  private final String wording;
  private final long seed;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param measurements of the same scenarios; the first one in detail
   */
  Report(List<Measurement> measurements, String wording, long seed) {
    this.wording = wording;
    this.measurements = List.copyOf(measurements);
    this.seed = seed;
  }

  @Override
  public String toString() {
    Measurement first = measurements.get(0);
    line(
        "%d scenarios of %d templates, wording: %s, seed %d",
        first.results().size(),
        first.clusters(scenario -> scenario.template().id()).size(),
        wording,
        seed);
    overall();
    confusion(first);
    phenomena();
    intents();
    line("");
    line(
        "The published 91.6 %% are of another system, on other data: a vision-language model on real pictures.");
    line(
        "What is printed here is a figure of its own, and not to be compared with it digit by digit.");
    return text.toString();
  }

  private void overall() {
    line("");
    line(
        "%-20s %9s %17s %17s %9s %9s %9s",
        "", "right", "95 %, templates", "95 %, references", "guessed", "asked", "ignored");
    for (Measurement measurement : measurements) {
      line(
          "%-20s %7.2f %% %17s %17s %7.2f %% %7.2f %% %7.2f %%",
          measurement.name(),
          100 * measurement.accuracy(),
          interval(byTemplate(measurement, seed)),
          interval(byReference(measurement, seed)),
          100 * measurement.guessed(),
          100 * measurement.share(Outcome.ASKED),
          100 * measurement.share(Outcome.IGNORED));
    }
    line(
        "guessed: a command that was not meant; asked: a question where none was needed; ignored: no command seen");
  }

  static Interval byTemplate(Measurement measurement, long seed) {
    return Bootstrap.interval(measurement.clusters(scenario -> scenario.template().id()), seed);
  }

  /** What is called the same way depends on each other, too. */
  static Interval byReference(Measurement measurement, long seed) {
    return Bootstrap.interval(
        measurement.clusters(scenario -> scenario.phenomenon() + " " + scenario.wording()), seed);
  }

  private static String interval(Interval interval) {
    return String.format(
        Locale.ROOT, "%.2f .. %.2f %%", 100 * interval.low(), 100 * interval.high());
  }

  private void confusion(Measurement measurement) {
    line("");
    line("%s: what was right to do, and what it did", measurement.name());
    line("%-12s %8s %8s %8s %8s %8s", "", "cases", "right", "guessed", "asked", "ignored");
    for (Status status : Status.values()) {
      Measurement part = measurement.only(scenario -> scenario.expected().status() == status);
      line(
          "%-12s %8d %8d %8d %8d %8d",
          status.name().toLowerCase(Locale.ROOT),
          part.results().size(),
          part.count(Outcome.RIGHT),
          part.count(Outcome.GUESSED),
          part.count(Outcome.ASKED),
          part.count(Outcome.IGNORED));
    }
  }

  private void phenomena() {
    heading("phenomenon");
    for (Phenomenon phenomenon : Phenomenon.values()) {
      row(
          phenomenon.name().toLowerCase(Locale.ROOT),
          measurements.stream()
              .map(all -> all.only(scenario -> scenario.phenomenon() == phenomenon))
              .toList());
    }
  }

  private void intents() {
    heading("intent");
    for (Intent intent : new TreeSet<>(List.of(Intent.values()))) {
      row(
          intent.text(),
          measurements.stream()
              .map(all -> all.only(scenario -> scenario.template().intent() == intent))
              .toList());
    }
  }

  private void heading(String name) {
    line("");
    StringBuilder names = new StringBuilder();
    for (Measurement measurement : measurements) {
      names.append(String.format(Locale.ROOT, " %20s", measurement.name()));
    }
    line("%-20s %6s%s", name + ", right (guessed)", "cases", names);
  }

  private void row(String name, List<Measurement> parts) {
    int cases = parts.get(0).results().size();
    if (cases == 0) {
      return;
    }
    StringBuilder cells = new StringBuilder();
    for (Measurement part : parts) {
      String cell =
          String.format(
              Locale.ROOT, "%.1f %% (%.1f %%)", 100 * part.accuracy(), 100 * part.guessed());
      cells.append(String.format(Locale.ROOT, " %20s", cell));
    }
    line("%-28s %6d%s", name, cases, cells);
  }

  private void line(String format, Object... values) {
    text.append(
            values.length == 0
                ? format.replace("%%", "%")
                : String.format(Locale.ROOT, format, values))
        .append('\n');
  }
}
