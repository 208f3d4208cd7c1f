package dev.starling.users;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The entity tags of an {@code If-Match} or {@code If-None-Match} field (RFC 9110, section 13.1).
 *
 * <p>Immutable. A tag of ours is {@code "v<version>"}; others are understood and match nothing.
 *
 * @param any the field was {@code *}, which stands for whatever is stored
 * @param tags with quotes, and {@code W/} in front of the weak ones
 */
record EntityTags(boolean any, List<String> tags) {
  private static final Pattern ELEMENT =
      Pattern.compile("[ \\t]*((?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\uFFFF]*\")?[ \\t]*(?:,|$)");
  private static final Pattern OURS = Pattern.compile("\"v(0|[1-9]\\d{0,17})\"");

  EntityTags {
    tags = List.copyOf(tags);
  }

  /** Reads a field, or gives null when it is neither {@code *} nor a list of tags. */
  static @Nullable EntityTags parse(String field) {
    if (field.strip().equals("*")) {
      return new EntityTags(true, List.of());
    }
    List<String> tags = new ArrayList<>();
    Matcher element = ELEMENT.matcher(field);
    int at = 0;
    while (at < field.length()) {
      if (!element.find(at) || element.start() != at || element.end() == at) {
        return null;
      }
      if (element.group(1) != null) {
        tags.add(element.group(1));
      }
      at = element.end();
    }
    return tags.isEmpty() ? null : new EntityTags(false, tags);
  }

  /** Whether a tag of the list is {@code tag}, weak or not, as {@code If-None-Match} compares. */
  boolean matchesWeakly(String tag) {
    return any || tags.contains(tag) || tags.contains("W/" + tag);
  }

  /** The versions that satisfy {@code If-Match}, which compares strongly; null for any version. */
  long @Nullable [] versions() {
    return any
        ? null
        : tags.stream()
            .map(OURS::matcher)
            .filter(Matcher::matches)
            .mapToLong(ours -> Long.parseLong(ours.group(1)))
            .toArray();
  }
}
