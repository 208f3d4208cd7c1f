package dev.starling.bench;

import dev.starling.bench.OverloadRun.Result;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints what an overload did to a node, and compares it with what is promised. */
final class OverloadReport {
  private static final double MIB = 1 << 20;

  /** A generator that is later than this has measured itself, where milliseconds are compared. */
  private static final double MAX_LATENESS_MILLIS = 20;

  /** Where only the deadline is: of that. */
  private static final double MAX_LATENESS_OF_DEADLINE = 0.1;

  private final PrintStream out;
  private final List<Double> times;
  private final double deadlineMillis;
  private final Checks checks;

  OverloadReport(PrintStream out, List<Double> times, double deadlineMillis) {
    this.out = out;
    this.times = times;
    this.deadlineMillis = deadlineMillis;
    this.checks = new Checks(out);
  }

  boolean isBroken() {
    return checks.isBroken();
  }

  void print(Result result) {
    out.println();
    out.println(
        "%s: capacity %,.0f calls/s; deadline %.0f ms"
            .formatted(title(result), result.capacity(), deadlineMillis));
    out.println();
    out.println(
        "| step | | offered/s | goodput/s | of C | success | admitted p50, p99 ms | refused |"
            + " refusal p99 ms | failed | gave up |");
    out.println("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    rows(result.calm(), result.capacity());
    result.steps().forEach(step -> rows(step, result.capacity()));
    out.println();
    out.println(
        "heap after a collection: %.1f MiB before, %.1f MiB after; normal again after %.1f s"
            .formatted(
                result.heapBefore() / MIB, result.heapAfter() / MIB, result.secondsUntilNormal()));
    out.println();
    checks.heading();
    if (result.guarded()) {
      checkLateness(result, MAX_LATENESS_MILLIS);
      checkGuarded(result);
    } else {
      checkLateness(result, MAX_LATENESS_OF_DEADLINE * deadlineMillis);
      checkUnguarded(result);
    }
  }

  private void checkLateness(Result result, double mostMillis) {
    checks.atMost("generator's lateness, p99", result.latenessMillis(), mostMillis, "ms");
  }

  static String title(Result result) {
    return result.guarded() ? "with shedding" : "without shedding";
  }

  private void rows(Step step, double capacity) {
    row(step, "all", step.all(), capacity);
    for (Importance importance : Importance.values()) {
      row(step, importance.name().toLowerCase(Locale.ROOT), step.of(importance), capacity);
    }
  }

  private void row(Step step, String whose, Tally tally, double capacity) {
    double good = tally.good() / step.seconds();
    out.println(
        "| %s | %s | %,.0f | %,.0f | %.0f %% | %.1f %% | %.0f, %.0f | %,d | %.1f | %,d | %,d |"
            .formatted(
                step.name(),
                whose,
                tally.offered() / step.seconds(),
                good,
                100 * good / capacity,
                tally.successPercent(),
                tally.admittedMillis(50),
                tally.admittedMillis(99),
                tally.refused(),
                tally.refusedMillis(99),
                tally.failed(),
                tally.unanswered()));
  }

  private void checkGuarded(Result result) {
    double unloaded = result.calm().all().admittedMillis(99);
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) > 1) {
        checkOverload(result.steps().get(i), times.get(i), result.capacity(), unloaded);
      }
    }
    checks.atMost("time until normal", result.secondsUntilNormal(), 5, "s");
    checks.atMost(
        "heap after, of before", 100 * result.heapAfter() / result.heapBefore(), 125, "%");
  }

  private void checkOverload(Step step, double times, double capacity, double unloadedMillis) {
    Tally all = step.all();
    String at = " at " + step.name();
    checks.atLeast("goodput" + at, 100 * step.goodput() / capacity, times > 5 ? 80 : 90, "% of C");
    checks.atMost("admitted p99" + at, all.admittedMillis(99), 3 * unloadedMillis, "ms");
    checks.atMost("admitted p99, deadline" + at, all.admittedMillis(99), deadlineMillis, "ms");
    checks.atMost("refusal p99" + at, all.refusedMillis(99), 20, "ms");
    checks.atLeast(
        "critical successful" + at, step.of(Importance.CRITICAL).successPercent(), 99, "%");
    checks.atLeast("sheddable refused" + at, step.of(Importance.SHEDDABLE).refused(), 1, "");
  }

  /** A test that cannot fail proves nothing: without its guards the node has to break down. */
  private void checkUnguarded(Result result) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= 5) {
        least = Math.min(least, result.steps().get(i).goodput());
      }
    }
    checks.atMost("least goodput without guards", 100 * least / result.capacity(), 50, "% of C");
  }
}
