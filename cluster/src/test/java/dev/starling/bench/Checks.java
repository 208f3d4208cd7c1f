package dev.starling.bench;

import java.io.PrintStream;

/** Compares figures with their bounds and prints each comparison. */
public final class Checks {
  private final PrintStream out;
  private boolean broken;

  public Checks(PrintStream out) {
    this.out = out;
  }

  public void heading() {
    out.println("| | measured | bound | |");
    out.println("|---|---:|---:|---|");
  }

  public void atMost(String what, double measured, double bound, String unit) {
    check(what, measured, "≤", bound, unit, measured <= bound);
  }

  public void atLeast(String what, double measured, double bound, String unit) {
    check(what, measured, "≥", bound, unit, measured >= bound);
  }

  public boolean isBroken() {
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
    boolean whole = value == Math.rint(value) || value >= 100;
    String format = whole ? "%,.0f" : value < 1 ? "%.4f" : "%.2f";
    String number = format.formatted(value);
    return unit.isEmpty() ? number : number + " " + unit;
  }
}
