package dev.starling.fusion.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Reads the resources under {@code held-out}: a line each, those with # are comments. */
final class Wording {

  /**
   * A line of which a bar separates the parts.
   *
   * @param tag before the first bar
   * @param parts after it; at least one
   */
  record Line(String tag, List<String> parts) {
    String first() {
      return parts.get(0);
    }
  }

  private Wording() {}

  static List<String> lines(String name) {
    try (InputStream in = Wording.class.getResourceAsStream("held-out/" + name + ".txt")) {
      if (in == null) {
        throw new IllegalStateException("held-out/" + name + ".txt: missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Line> tagged(String name) {
    return lines(name).stream().map(Wording::line).toList();
  }

  private static Line line(String text) {
    List<String> parts = Stream.of(text.split("\\|", -1)).map(String::strip).toList();
    if (parts.size() < 2) {
      throw new IllegalStateException(text + ": no bar");
    }
    return new Line(parts.get(0), parts.subList(1, parts.size()));
  }
}
