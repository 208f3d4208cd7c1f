package dev.starling.sdk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A path with named parameters, e.g. {@code /v1/users/{id}}: each segment is literal text or one
 * parameter. Immutable.
 */
public record PathTemplate(String text, List<Segment> segments) {
  private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._~:-]+");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  public record Segment(String text, boolean isParameter) {}

  public PathTemplate {
    segments = List.copyOf(segments);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  public static PathTemplate parse(String text) {
    if (!text.startsWith("/") || (text.length() > 1 && text.endsWith("/"))) {
      throw new IllegalArgumentException(
          "path: " + text + " (expected: to begin with / and not to end with it)");
    }
    List<Segment> segments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : text.equals("/") ? new String[0] : text.substring(1).split("/", -1)) {
      boolean parameter = part.startsWith("{") && part.endsWith("}");
      String content = parameter ? part.substring(1, part.length() - 1) : part;
      boolean dots = content.equals(".") || content.equals("..");
      if (dots || !(parameter ? NAME : LITERAL).matcher(content).matches()) {
        throw new IllegalArgumentException(
            "path: %s, segment: %s (expected: letters, digits and ._~:- or {name})"
                .formatted(text, part));
      }
      if (parameter && !names.add(content)) {
        throw new IllegalArgumentException(
            "path: " + text + ", parameter: " + content + " (expected: each name once)");
      }
      segments.add(new Segment(content, parameter));
    }
    return new PathTemplate(text, segments);
  }

  /** The template without the parameters' names; two of the same shape match the same paths. */
  String shape() {
    return segments.stream()
        .map(segment -> segment.isParameter() ? "/{}" : "/" + segment.text())
        .collect(Collectors.joining());
  }

  /** The parameters' names, in order. */
  public List<String> parameters() {
    return segments.stream().filter(Segment::isParameter).map(Segment::text).toList();
  }
}
