package dev.starling.policy.cache;

import dev.starling.policy.rule.CacheRule;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two requests have in common that may be given the same answer.
 *
 * <p>Parts are written with their lengths, so that no value can pass for another one's end. Query
 * parameters are in the order of their names, those of one name in the order in which they came;
 * they are compared as they were encoded, so another encoding of the same value is only a miss.
 *
 * @param text the same on every node, for the second level
 */
public record CacheKey(String text) {

  /** The key of a request under a rule, whose {@code vary} says what tells answers apart. */
  public static CacheKey of(CacheRule rule, Asked asked) {
    StringBuilder text = new StringBuilder(128);
    part(text, rule.name());
    part(text, asked.operation());
    text.append(asked.path().size());
    for (String value : asked.path()) {
      part(text, value);
    }
    part(text, normalised(asked.query()));
    List<String> vary = rule.vary();
    for (int i = 0; i < vary.size(); i++) {
      part(text, value(vary.get(i), asked));
    }
    return new CacheKey(text.toString());
  }

  private static @Nullable String value(String vary, Asked asked) {
    return switch (vary) {
      case CacheRule.CONSUMER -> asked.consumer();
      case CacheRule.TENANT -> asked.tenant();
      default -> asked.header(vary);
    };
  }

  private static void part(StringBuilder text, @Nullable String value) {
    if (value == null) {
      text.append("/-"); // absent is not the same as empty
    } else {
      text.append('/').append(value.length()).append(':').append(value);
    }
  }

  private static String normalised(String query) {
    if (query.indexOf('&') < 0) {
      return query;
    }
    String[] parameters = query.split("&", -1);
    Arrays.sort(parameters, Comparator.comparing(CacheKey::name)); // a stable sort
    return String.join("&", parameters);
  }

  private static String name(String parameter) {
    int end = parameter.indexOf('=');
    return end < 0 ? parameter : parameter.substring(0, end);
  }
}
