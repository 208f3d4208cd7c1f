package dev.starling.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Policy files for tests; those with a mistake say in comments what is expected. */
public final class Fixtures {
  private static final String MISTAKE = "# mistake: ";

  private Fixtures() {}

  /** What the schema makes of a file. */
  public enum BySchema {
    REFUSED,
    /** The mistake is none of structure. */
    ACCEPTED,
    /** There is nothing that a schema could look at. */
    UNREADABLE
  }

  /**
   * A file with what is wrong with it.
   *
   * @param mistakes without the file's name
   */
  public record Fixture(String name, String text, List<String> mistakes, BySchema bySchema) {
    @Override
    public String toString() {
      return name;
    }
  }

  public static Stream<Fixture> mistaken() {
    return list("mistakes");
  }

  /** Those that a schema can look at. */
  public static Stream<Fixture> mistakenYaml() {
    return mistaken().filter(fixture -> fixture.bySchema() != BySchema.UNREADABLE);
  }

  public static Stream<Fixture> accepted() {
    return list("accepted");
  }

  private static Stream<Fixture> list(String directory) {
    try {
      Path path =
          Path.of(Objects.requireNonNull(Fixtures.class.getResource("/" + directory)).toURI());
      try (Stream<Path> files = Files.list(path)) {
        return files.sorted().map(Fixtures::read).toList().stream();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Fixture read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Fixture(
        file.getFileName().toString(),
        text,
        text.lines()
            .filter(line -> line.startsWith(MISTAKE))
            .map(line -> line.substring(MISTAKE.length()))
            .toList(),
        text.contains("# schema: accepts")
            ? BySchema.ACCEPTED
            : text.contains("# schema: unreadable") ? BySchema.UNREADABLE : BySchema.REFUSED);
  }
}
