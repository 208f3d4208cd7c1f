package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signal beyond or below a threshold: {@code requests-per-second(orders.place) > 0.8 * 500}.
 *
 * <pre>
 * condition = signal [ "(" operation ")" ] ( ">" | "<" ) number [ "*" number ]
 * </pre>
 *
 * @param operation whose signal it is; empty for the whole node's
 * @param above true when it holds beyond the threshold, false when it holds below
 */
public record Condition(Signal signal, String operation, boolean above, double threshold) {
  private static final String NUMBER = "(\\d{1,12}(?:\\.\\d{1,6})?)";
  private static final String OPERATION = "\\([!-'*-~]{1,128}\\)";

  /** What a schema can say of it. */
  public static final String SYNTAX =
      "(?:(?:%s)(?:%s)?|(?:%s))\\s*[<>]\\s*%s(?:\\s*\\*\\s*%s)?"
          .formatted(Signal.names(true), OPERATION, Signal.names(false), NUMBER, NUMBER);

  private static final Pattern GRAMMAR =
      Pattern.compile(
          "([a-z0-9-]{1,64})("
              + OPERATION
              + ")?\\s*([<>])\\s*"
              + NUMBER
              + "(?:\\s*\\*\\s*"
              + NUMBER
              + ")?");
  private static final String EXAMPLE =
      "signal > number, or signal(operation) > number * number, such as"
          + " requests-per-second > 0.8 * 1000";

  public Condition {
    if (!operation.isEmpty() && !signal.isOfRoutes()) {
      throw new IllegalArgumentException(
          signal + "(" + operation + ") (expected: " + signal + " of the whole node)");
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Condition parse(String text) {
    Matcher matcher = GRAMMAR.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " (expected: " + EXAMPLE + ")");
    }
    BigDecimal threshold = new BigDecimal(matcher.group(4));
    if (matcher.group(5) != null) {
      threshold = threshold.multiply(new BigDecimal(matcher.group(5)));
    }
    return new Condition(
        Signal.parse(matcher.group(1)),
        operation(matcher.group(2)),
        matcher.group(3).equals(">"),
        threshold.doubleValue());
  }

  private static String operation(@Nullable String inParentheses) {
    return inParentheses == null ? "" : inParentheses.substring(1, inParentheses.length() - 1);
  }

  public boolean holds(double observed) {
    return above ? observed > threshold : observed < threshold;
  }

  boolean isOfSameSignal(Condition other) {
    return signal == other.signal && operation.equals(other.operation);
  }

  /** As it is written, the product worked out. */
  @Override
  @JsonValue
  public String toString() {
    return signal
        + (operation.isEmpty() ? "" : "(" + operation + ")")
        + (above ? " > " : " < ")
        + BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
  }
}
