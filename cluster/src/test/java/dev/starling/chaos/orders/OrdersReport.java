package dev.starling.chaos.orders;

import dev.starling.chaos.orders.OrdersRun.Result;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints what a run of orders has shown. */
final class OrdersReport {
  private static final int VIOLATIONS_SHOWN = 10;

  private final PrintStream out;

  OrdersReport(PrintStream out) {
    this.out = out;
  }

  /** Nothing is broken, and everything was put to the test. */
  static boolean isProof(Verdict verdict) {
    return verdict.holds() && verdict.untested().isEmpty();
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void result(Result result) {
    operations(result.operations());
    strikes(result.strikes());
    result
        .longestPauseMillis()
        .ifPresent(
            millis -> {
              line("");
              line("longest pause of a shard that moved: %.1f ms".formatted(millis));
            });
    if (result.undelivered() > 0) {
      line("");
      line(result.undelivered() + " events were not delivered in the end");
    }
    verdict(result.verdict());
    line("%d operations, %d faults".formatted(result.operations().size(), result.strikes().size()));
  }

  void verdict(Verdict verdict) {
    line("");
    line("| invariant | examined | broken |");
    line("|---|---:|---:|");
    for (Invariant invariant : Invariant.values()) {
      line(
          "| %s | %d | %d |"
              .formatted(
                  invariant.text(),
                  verdict.examined().getOrDefault(invariant, 0L),
                  verdict.violationsOf(invariant)));
    }
    line("");
    for (Invariant invariant : Invariant.values()) {
      verdict.violations().stream()
          .filter(violation -> violation.invariant() == invariant)
          .limit(VIOLATIONS_SHOWN)
          .forEach(violation -> line("  " + violation.describe()));
    }
    verdict.untested().forEach(invariant -> line("not put to the test: " + invariant.text()));
    line(isProof(verdict) ? "every invariant holds" : "NOT PROVEN");
  }

  private void operations(List<Operation> operations) {
    Map<String, Map<History.Type, Long>> counts = new TreeMap<>();
    for (Operation operation : operations) {
      counts
          .computeIfAbsent(
              operation.call().getClass().getSimpleName().toLowerCase(Locale.ROOT),
              call -> new TreeMap<>())
          .merge(History.Type.of(operation.outcome()), 1L, Long::sum);
    }
    line("");
    line("| operations | ok | refused | unknown |");
    line("|---|---:|---:|---:|");
    counts.forEach(
        (call, ended) ->
            line(
                "| %s | %d | %d | %d |"
                    .formatted(
                        call,
                        ended.getOrDefault(History.Type.OK, 0L),
                        ended.getOrDefault(History.Type.FAIL, 0L),
                        ended.getOrDefault(History.Type.UNKNOWN, 0L))));
  }

  private void strikes(List<Nemesis.Strike> strikes) {
    Map<Trouble, List<Nemesis.Strike>> byTrouble = new LinkedHashMap<>();
    for (Nemesis.Strike strike : strikes) {
      byTrouble.computeIfAbsent(strike.trouble(), trouble -> new ArrayList<>()).add(strike);
    }
    line("");
    line("| faults | times | longest until whole again |");
    line("|---|---:|---:|");
    byTrouble.forEach(
        (trouble, each) ->
            line(
                "| %s | %d | %.1f s |"
                    .formatted(
                        trouble.name().toLowerCase(Locale.ROOT),
                        each.size(),
                        each.stream().mapToLong(Nemesis.Strike::millis).max().orElse(0) / 1e3)));
  }
}
