package dev.starling.policy.match;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Paths of routes: {@code *} stands for one segment, {@code {…}} for one that is a parameter,
 * whatever its name, and a last {@code **} for any rest, also for none. Immutable.
 */
public final class PathPattern {
  /** What a path looks like. */
  public static final String SYNTAX =
      "/|/\\*\\*|(?:/(?:\\*|\\{[a-z][a-z0-9_]{0,63}\\}|[A-Za-z0-9._~:-]{1,128}))+(?:/\\*\\*)?";

  private static final String REST = "**";
  private static final Pattern VALID = Pattern.compile(SYNTAX);
  private static final int MAX_LENGTH = 1024;

  private final List<String> segments;
  private final boolean open;

  private PathPattern(List<String> segments, boolean open) {
    this.segments = segments;
    this.open = open;
  }

  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && VALID.matcher(text).matches();
  }

  /**
   * @throws IllegalArgumentException for one that is not valid
   */
  public static PathPattern parse(String text) {
    if (!isValid(text)) {
      throw new IllegalArgumentException("path: " + text + " (expected: a path such as /v1/**)");
    }
    List<String> parts = split(text);
    boolean open = !parts.isEmpty() && parts.get(parts.size() - 1).equals(REST);
    return new PathPattern(open ? parts.subList(0, parts.size() - 1) : parts, open);
  }

  /** Whether it fits a route's template, e.g. {@code /v1/users/{id}}. */
  public boolean matches(String template) {
    List<String> parts = split(template);
    if (open ? parts.size() < segments.size() : parts.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String wanted = segments.get(i);
      boolean fits =
          wanted.equals("*")
              || (isParameter(wanted) ? isParameter(parts.get(i)) : wanted.equals(parts.get(i)));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Whether a request for {@code path} could be one for this template. */
  static boolean isRouted(String template, String path) {
    List<String> wanted = split(template);
    List<String> given = split(path);
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!isParameter(wanted.get(i)) && !wanted.get(i).equals(given.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Text that comes first in order for the template whose segments are literal sooner. */
  static String shape(String template) {
    StringBuilder shape = new StringBuilder();
    split(template).forEach(segment -> shape.append(isParameter(segment) ? 'p' : 'l'));
    return shape.toString();
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }

  static List<String> split(String path) {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
  }
}
