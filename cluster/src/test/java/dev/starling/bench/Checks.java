package dev.starling.bench;

import java.io.PrintStream;

/** Compares figures with their bounds and prints each comparison. */
final class Checks {
  private final PrintStream out;
  private boolean broken;

  Checks(PrintStream out) {
    this.out = out;
  }

  void heading() {
    out.println("| | measured | bound | |");
    out.println("|---|---:|---:|---|");
  }

  void atMost(String what, double measured, double bound, String unit) {
    check(what, measured, "≤", bound, unit, measured <= bound);
  }

  void atLeast(String what, double measured, double bound, String unit) {
    check(what, measured, "≥", bound, unit, measured >= bound);
  }

  boolean isBroken() {
    return broken;
  }

  private void check(
      String what, double measured, String sign, double bound, String unit, boolean kept) {
    broken |= !kept;
    out.println(
        "| %s | %s | %s %s | %s |"
            .formatted(
                what, show(measured, unit), sign, show(bound, unit), kept ? "ok" : "BROKEN"));
  }

  private static String show(double value, String unit) {
    String number = value < 100 ? "%.1f".formatted(value) : "%,.0f".formatted(value);
    return unit.isEmpty() ? number : number + " " + unit;
  }
}
