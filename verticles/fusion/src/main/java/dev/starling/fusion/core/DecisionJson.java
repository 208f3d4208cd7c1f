package dev.starling.fusion.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON text of a decision: keys in a fixed order, no blanks, numbers with four decimals. So
 * decisions that are equal are equal bytes, on all machines. Pure.
 */
public final class DecisionJson {
  private static final long DECIMALS = 10_000;

  private final StringBuilder json = new StringBuilder(1024);
  private boolean first = true;

  private DecisionJson() {}

  /** UTF-8. */
  public static byte[] bytes(Decision decision) {
    return text(decision).getBytes(UTF_8);
  }

  /** The text of those bytes. */
  public static String text(Decision decision) {
    DecisionJson writer = new DecisionJson();
    writer.decision(decision);
    return writer.json.toString();
  }

  private void decision(Decision decision) {
    open('{');
    key("utterance", decision.utterance());
    string("status", decision.status().name().toLowerCase(Locale.ROOT));
    string("intent", decision.intent().text());
    name("target");
    target(decision.target());
    string("device", decision.device());
    name("arguments");
    open('{');
    decision.arguments().forEach(this::string);
    close('}');
    number("confidence", decision.confidence());
    string("question", decision.question());
    name("options");
    open('[');
    for (Decision.Target option : decision.options()) {
      comma();
      target(option);
    }
    close(']');
    if (decision.answers() == null) {
      name("answers");
      raw("null");
    } else {
      key("answers", decision.answers());
    }
    name("explanation");
    explanation(decision.explanation());
    close('}');
  }

  private void explanation(Decision.Explanation explanation) {
    open('{');
    name("intents");
    open('{');
    for (Map.Entry<Intent, Double> intent : explanation.intents().entrySet()) {
      number(intent.getKey().text(), intent.getValue());
    }
    close('}');
    name("readings");
    strings(explanation.readings());
    name("skew_ms");
    longs(explanation.skewMillis());
    name("candidates");
    open('[');
    for (Decision.Candidate candidate : explanation.candidates()) {
      comma();
      candidate(candidate);
    }
    close(']');
    close('}');
  }

  private void candidate(Decision.Candidate candidate) {
    open('{');
    key("event", candidate.event());
    name("target");
    target(candidate.target());
    number("score", candidate.score());
    name("time_ms");
    raw(Long.toString(candidate.timeMillis()));
    name("reasons");
    open('{');
    for (Map.Entry<String, Double> reason : candidate.reasons().entrySet()) {
      number(reason.getKey(), reason.getValue());
    }
    close('}');
    string("lost", candidate.lost());
    close('}');
  }

  private void target(Decision.@Nullable Target target) {
    if (target == null) {
      raw("null");
      return;
    }
    open('{');
    string("kind", target.kind());
    string("id", target.id());
    close('}');
  }

  private void key(String name, FusionEvent.Key key) {
    name(name);
    open('{');
    string("source", key.source());
    string("id", key.id());
    close('}');
  }

  private void longs(SortedMap<String, Long> values) {
    open('{');
    values.forEach(
        (name, value) -> {
          name(name);
          raw(Long.toString(value));
        });
    close('}');
  }

  private void strings(List<String> values) {
    open('[');
    for (String value : values) {
      comma();
      quoted(value);
    }
    close(']');
  }

  private void open(char bracket) {
    json.append(bracket);
    first = true;
  }

  private void close(char bracket) {
    json.append(bracket);
    first = false;
  }

  private void comma() {
    if (!first) {
      json.append(',');
    }
    first = false;
  }

  private void name(String name) {
    comma();
    quoted(name);
    json.append(':');
  }

  private void raw(String value) {
    json.append(value);
    first = false;
  }

  private void string(String name, String value) {
    name(name);
    quoted(value);
  }

  /** Rounded half up; what is no number is null, as JSON has no word for it. */
  private void number(String name, double value) {
    name(name);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      raw("null");
      return;
    }
    long scaled = Math.round(value * DECIMALS);
    long whole = Math.abs(scaled) / DECIMALS;
    String decimals = Long.toString(DECIMALS + Math.abs(scaled) % DECIMALS).substring(1);
    raw((scaled < 0 ? "-" : "") + whole + "." + decimals);
  }

  private void quoted(String value) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          // Half a surrogate pair would become a question mark in UTF-8, and so would not be itself.
          boolean alone =
              Character.isHighSurrogate(c)
                      && (i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1)))
                  || Character.isLowSurrogate(c)
                      && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)));
          if (c < 0x20 || alone) {
            String hex = Integer.toHexString(c);
            json.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
