package dev.starling.bench;

import dev.starling.bench.OverloadRun.Result;
import java.util.List;
import java.util.Locale;

/**
 * Draws the goodput of each second, as a share of the capacity, as SVG. Its colours follow the
 * reader's preference for light or dark.
 */
final class GoodputChart {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 300;
  private static final int LEFT = 56;
  private static final int RIGHT = 16;
  private static final int TOP = 40;
  private static final int BOTTOM = 44;
  private static final int MAX_PERCENT = 125;
  private static final int GRID_PERCENT = 25;

  private static final String HEAD =
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
      <style>
      svg { background: #ffffff; font: 13px sans-serif; }
      text { fill: #24292f; }
      .grid { stroke: #d0d7de; stroke-width: 1; }
      .step { stroke: #8c959f; stroke-dasharray: 3 3; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .with { stroke: #0969da; } text.with { fill: #0969da; stroke: none; }
      .without { stroke: #cf222e; stroke-dasharray: 6 3; } text.without { fill: #cf222e; stroke: none; }
      @media (prefers-color-scheme: dark) {
        svg { background: #0d1117; }
        text { fill: #e6edf3; }
        .grid { stroke: #30363d; }
        .step { stroke: #6e7681; }
        .with { stroke: #58a6ff; } text.with { fill: #58a6ff; }
        .without { stroke: #ff7b72; } text.without { fill: #ff7b72; }
      }
      </style>
      """;

  private GoodputChart() {}

  /**
   * The curves of runs with the same steps.
   *
   * @param results one or more
   */
  static String svg(List<Result> results) {
    Result first = results.get(0);
    int seconds = first.goodBySecond().length;
    StringBuilder svg =
        new StringBuilder(
            HEAD.formatted(WIDTH, HEIGHT, "Goodput over time while a node is overloaded"));
    svg.append(text(LEFT, 20, "", "answers in time, % of what the node can do"));
    for (int percent = 0; percent <= MAX_PERCENT; percent += GRID_PERCENT) {
      double y = y(percent);
      svg.append(line("grid", LEFT, y, WIDTH - RIGHT, y));
      svg.append(text(8, y + 4, "", percent + " %"));
    }
    double at = 0;
    for (Step step : first.steps()) {
      double x = x(at, seconds);
      svg.append(line("step", x, TOP, x, HEIGHT - BOTTOM));
      svg.append(text(x + 4, HEIGHT - BOTTOM + 18, "", step.name()));
      at += step.seconds();
    }
    svg.append(text(WIDTH - RIGHT - 60, HEIGHT - 6, "", seconds + " s"));
    double legend = WIDTH - RIGHT - 260.0;
    for (Result result : results) {
      String style = result.guarded() ? "with" : "without";
      svg.append(curve(style, result, seconds));
      svg.append(text(legend, 20, style, OverloadReport.title(result)));
      legend += 120;
    }
    return svg.append("</svg>\n").toString();
  }

  private static String curve(String style, Result result, int seconds) {
    StringBuilder points = new StringBuilder();
    int[] good = result.goodBySecond();
    for (int second = 0; second < good.length; second++) {
      double percent = Math.min(MAX_PERCENT, 100 * good[second] / result.capacity());
      points.append(number(x(second + 0.5, seconds))).append(',').append(number(y(percent)));
      points.append(second + 1 < good.length ? " " : "");
    }
    return "<polyline class=\"line %s\" points=\"%s\"/>\n".formatted(style, points);
  }

  private static String line(String style, double x1, double y1, double x2, double y2) {
    return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
        .formatted(style, number(x1), number(y1), number(x2), number(y2));
  }

  private static String text(double x, double y, String style, String words) {
    String named = style.isEmpty() ? "" : " class=\"" + style + "\"";
    return "<text%s x=\"%s\" y=\"%s\">%s</text>\n".formatted(named, number(x), number(y), words);
  }

  private static double x(double second, int seconds) {
    return LEFT + (WIDTH - LEFT - RIGHT) * second / seconds;
  }

  private static double y(double percent) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / MAX_PERCENT);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
