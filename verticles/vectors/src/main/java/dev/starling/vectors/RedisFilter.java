package dev.starling.vectors;

import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import dev.starling.vectors.index.Term;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Filters as expressions of {@code VSIM … FILTER}. Without state.
 *
 * <p>The expressions know no escapes, and no names but simple ones: what they cannot say is
 * refused.
 */
final class RedisFilter {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private RedisFilter() {}

  /** Empty when everything may be found. */
  static Checked<String> expression(Filter filter) {
    for (List<Term> anyOf : filter.conditions()) {
      for (Term term : anyOf) {
        if (!NAME.matcher(term.field()).matches()) {
          return new Checked.Wrong<>(
              "filter."
                  + term.field()
                  + ": an attribute that Redis cannot filter by (expected: letters, digits and _)");
        }
        if (term.value() instanceof String text && !isPlain(text)) {
          return new Checked.Wrong<>(
              "filter."
                  + term.field()
                  + ": a text that Redis cannot filter by (expected: without quotes and backslashes)");
        }
      }
    }
    return new Checked.Valid<>(
        filter.conditions().stream()
            .map(RedisFilter::condition)
            .collect(Collectors.joining(" and ")));
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(c -> c == '"' || c == '\\' || c < ' ');
  }

  private static String condition(List<Term> anyOf) {
    String field = "." + anyOf.get(0).field();
    return anyOf.size() == 1
        ? field + " == " + literal(anyOf.get(0).value())
        : anyOf.stream()
            .map(term -> literal(term.value()))
            .collect(Collectors.joining(",", field + " in [", "]"));
  }

  private static String literal(Object value) {
    if (value instanceof String text) {
      return '"' + text + '"';
    }
    // Redis takes the truth values of JSON for numbers.
    return value instanceof Boolean truth ? (truth ? "1" : "0") : value.toString();
  }
}
