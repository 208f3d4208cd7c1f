package dev.starling.cluster.management;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decision of fusion as a page: a timeline as SVG, and tables. Nothing in it runs; all that users
 * wrote is text. Without state.
 */
final class DecisionPage {
  private static final int WIDTH = 1000;
  private static final int LEFT = 110;
  private static final int LANE = 60;
  private static final int TOP = 30;
  private static final List<String> LANES = List.of("speech", "text", "image", "behaviour");

  private static final String STYLE =
      """
      body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}
      table{border-collapse:collapse;margin:.5em 0 1.5em}
      td,th{border-bottom:1px solid #ddd;padding:.25em .8em;text-align:left;vertical-align:top}
      tr.won{background:#e6f4e6}svg{width:100%;height:auto;background:#fafafa}
      svg text{font:11px system-ui,sans-serif}.q{font-style:italic}
      """;

  private DecisionPage() {}

  static String form() {
    return page(
        "A decision of fusion",
        """
        <form method="get" action="/fusion"><p><label>User <input name="user" size="40"></label>
        <label>Utterance <input name="utterance"></label>
        <label>Source <input name="source" placeholder="if several have it"></label>
        <button>Draw</button></p></form>""");
  }

  /**
   * @param explanation as clients get it
   */
  static String of(JsonObject explanation) {
    JsonObject decision = object(explanation, "decision");
    JsonObject utterance = object(explanation, "utterance");
    StringBuilder html = new StringBuilder();
    html.append("<p class=\"q\">“").append(text(utterance.getValue("what"))).append("”</p><p><b>");
    html.append(text(decision.getValue("status"))).append("</b>: ");
    html.append(text(decision.getValue("intent")));
    JsonObject target = decision.getJsonObject("target");
    if (target != null) {
      html.append(", ").append(text(target.getValue("kind"))).append(" <b>");
      html.append(text(target.getValue("id"))).append("</b>");
    }
    if (decision.getValue("device") != null) {
      html.append(", on <b>").append(text(decision.getValue("device"))).append("</b>");
    }
    html.append(", confidence ").append(number(decision.getValue("confidence")));
    html.append(", revision ").append(text(decision.getValue("revision"))).append("</p>");
    if (decision.getValue("question") != null) {
      html.append("<p>Asked: <span class=\"q\">");
      html.append(text(decision.getValue("question"))).append("</span></p>");
    }
    html.append(timeline(explanation));
    html.append(candidates(explanation));
    html.append(pairs("Intents", object(explanation, "intents")));
    html.append(pairs("Clocks behind by (ms)", object(explanation, "skew_ms")));
    html.append("<h2>Read from the words</h2><ul>");
    for (Object reading : array(explanation, "readings")) {
      html.append("<li>").append(text(reading)).append("</li>");
    }
    html.append("</ul>");
    return page("Decision of " + plain(decision.getValue("utterance_id")), html.toString());
  }

  private static String timeline(JsonObject explanation) {
    Set<String> chosen = new HashSet<>();
    for (Object one : array(explanation, "candidates")) {
      JsonObject candidate = (JsonObject) one;
      if (plain(candidate.getValue("lost")).isEmpty()) {
        chosen.add(key(candidate));
      }
    }
    String utterance = key(object(explanation, "utterance"));
    List<JsonObject> events = new ArrayList<>();
    for (Object one : array(explanation, "events")) {
      events.add((JsonObject) one);
    }
    if (events.isEmpty()) {
      return "";
    }
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (JsonObject event : events) {
      Instant at = event.getInstant("corrected");
      first = at.isBefore(first) ? at : first;
      last = at.isAfter(last) ? at : last;
    }
    StringBuilder svg = new StringBuilder();
    int height = TOP + LANES.size() * LANE + 30;
    svg.append(
        "<h2>Timeline</h2><svg viewBox=\"0 0 %d %d\" role=\"img\">".formatted(WIDTH, height));
    for (int lane = 0; lane < LANES.size(); lane++) {
      int y = TOP + lane * LANE + LANE / 2;
      svg.append(
          "<text x=\"10\" y=\"%d\">%s</text><line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#ccc\"/>"
              .formatted(y + 4, LANES.get(lane), LEFT, y, WIDTH - 20, y));
    }
    for (JsonObject event : events) {
      boolean isUtterance = key(event).equals(utterance);
      svg.append(dot(event, first, last, isUtterance, chosen.contains(key(event))));
    }
    svg.append(
        "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></svg>"
            .formatted(LEFT, height - 8, text(first), WIDTH - 20, height - 8, text(last)));
    return svg.append(
            "<p>%s of %s events that were looked at, at their corrected times; a line leads to where a"
                .formatted(events.size(), text(explanation.getValue("considered"))))
        .append(" device's own clock had put it. Green: chosen. Blue: the utterance.</p>")
        .toString();
  }

  private static String dot(
      JsonObject event, Instant first, Instant last, boolean isUtterance, boolean isChosen) {
    int lane = Math.max(0, LANES.indexOf(plain(event.getValue("kind"))));
    int y = TOP + lane * LANE + LANE / 2;
    double x = place(event.getInstant("corrected"), first, last);
    double raw = place(event.getInstant("time"), first, last);
    String color = isUtterance ? "#1565c0" : isChosen ? "#2e7d32" : "#888";
    String shift =
        Math.abs(raw - x) < 1
            ? ""
            : "<line x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\" stroke=\"%s\" stroke-dasharray=\"2\"/>"
                .formatted(decimal(raw), y - 12, decimal(x), y, color);
    return "%s<circle cx=\"%s\" cy=\"%d\" r=\"%d\" fill=\"%s\"><title>%s %s %s</title></circle>"
        .formatted(
            shift,
            decimal(x),
            y,
            isUtterance || isChosen ? 8 : 5,
            color,
            text(event.getValue("id")),
            text(event.getValue("corrected")),
            text(event.getValue("what")));
  }

  /** Within the drawing, also for clocks that are far off. */
  private static double place(Instant at, Instant first, Instant last) {
    double span = Math.max(1, Duration.between(first, last).toMillis());
    double share = Duration.between(first, at).toMillis() / span;
    return LEFT + Math.max(-0.02, Math.min(1.01, share)) * (WIDTH - 20 - LEFT);
  }

  private static String candidates(JsonObject explanation) {
    StringBuilder html =
        new StringBuilder(
            "<h2>Candidates</h2><table><tr><th>What</th><th>Score</th><th>When</th><th>Reasons</th>"
                + "<th>Why it lost</th></tr>");
    for (Object one : array(explanation, "candidates")) {
      JsonObject candidate = (JsonObject) one;
      String lost = plain(candidate.getValue("lost"));
      html.append(lost.isEmpty() ? "<tr class=\"won\"><td>" : "<tr><td>");
      html.append(text(object(candidate, "target").getValue("id"))).append("</td><td>");
      html.append(number(candidate.getValue("score"))).append("</td><td>");
      html.append(text(candidate.getValue("time"))).append("</td><td>");
      for (Map.Entry<String, Object> reason : object(candidate, "reasons")) {
        html.append(text(reason.getKey())).append(' ');
        html.append(number(reason.getValue())).append("<br>");
      }
      html.append("</td><td>").append(text(lost)).append("</td></tr>");
    }
    return html.append("</table>").toString();
  }

  private static String pairs(String title, JsonObject values) {
    if (values.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<h2>" + title + "</h2><table>");
    for (Map.Entry<String, Object> value : values) {
      html.append("<tr><td>").append(text(value.getKey())).append("</td><td>");
      html.append(number(value.getValue())).append("</td></tr>");
    }
    return html.append("</table>").toString();
  }

  private static String page(String title, String body) {
    return """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
        <style>%3$s</style></head><body><h1>%1$s</h1>%2$s</body></html>
        """
        .formatted(text(title), body, STYLE);
  }

  private static String key(JsonObject event) {
    return plain(event.getValue("source")) + "\n" + plain(event.getValue("id"));
  }

  private static JsonObject object(JsonObject json, String name) {
    return json.getValue(name) instanceof JsonObject object ? object : new JsonObject();
  }

  private static JsonArray array(JsonObject json, String name) {
    return json.getValue(name) instanceof JsonArray array ? array : new JsonArray();
  }

  private static String number(@Nullable Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.3f", number)
        : text(value);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String plain(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String text(@Nullable Object value) {
    StringBuilder safe = new StringBuilder();
    plain(value)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }
}
