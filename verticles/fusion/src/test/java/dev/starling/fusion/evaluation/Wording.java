package dev.starling.fusion.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * One writer's way of saying everything that scenarios need: resources of one folder, a line each,
 * those with # are comments. Immutable.
 */
public final class Wording {
  /** What nothing was developed on. */
  static final String HELD_OUT = "held-out";

  /** What the resolver was developed on, each by another writer. */
  private static final List<String> DEVELOPMENT =
      List.of(
          "development/a",
          "development/b",
          "development/c",
          "development/d",
          "development/e",
          "development/f",
          "development/g",
          "development/i",
          "development/j",
          "development/k",
          "development/l",
          "development/m");

  private final String folder;

  /**
   * A line of which a bar separates the parts.
   *
   * @param tag before the first bar
   * @param parts after it; at least one
   */
  public record Line(String tag, List<String> parts) {
    public String first() {
      return parts.get(0);
    }
  }

  private Wording(String folder) {
    this.folder = folder;
  }

  static Wording heldOut() {
    return new Wording(HELD_OUT);
  }

  public static List<Wording> development() {
    return DEVELOPMENT.stream().map(Wording::new).toList();
  }

  /**
   * By its name.
   *
   * @param name {@code held-out} or a development one's, as {@code development/a}
   */
  static Wording of(String name) {
    if (!name.equals(HELD_OUT) && !DEVELOPMENT.contains(name)) {
      throw new IllegalArgumentException(
          name + ": no such wording (expected: " + HELD_OUT + ", " + DEVELOPMENT + ")");
    }
    return new Wording(name);
  }

  public String name() {
    return folder;
  }

  public List<String> lines(String name) {
    String path = folder + "/" + name + ".txt";
    try (InputStream in = Wording.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + ": missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Line> tagged(String name) {
    return lines(name).stream().map(Wording::line).toList();
  }

  /** Those of all writers that it may be measured with, its own first. */
  List<Line> shared(String name) {
    Stream<Line> own = tagged(name).stream();
    return folder.equals(HELD_OUT)
        ? own.toList()
        : Stream.concat(own, development().stream().flatMap(one -> one.tagged(name).stream()))
            .distinct()
            .toList();
  }

  private static Line line(String text) {
    List<String> parts = Stream.of(text.split("\\|", -1)).map(String::strip).toList();
    if (parts.size() < 2) {
      throw new IllegalStateException(text + ": no bar");
    }
    return new Line(parts.get(0), parts.subList(1, parts.size()));
  }
}
