package dev.starling.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A second JDK to run the jar on, where there is one: {@code JAVA_HOME_25}, or the usual place on
 * Linux. A machine without one runs the tests on its own JDK alone.
 */
final class Jdk25 {
  private static final Path USUAL = Path.of("/usr/lib/jvm");

  private Jdk25() {}

  static Optional<Path> find() {
    String home = System.getenv("JAVA_HOME_25");
    if (home != null) {
      return Optional.of(Path.of(home, "bin", "java"));
    }
    if (!Files.isDirectory(USUAL)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(USUAL)) {
      return homes
          .filter(directory -> directory.getFileName().toString().matches(".*\\b25\\b.*"))
          .map(directory -> directory.resolve("bin").resolve("java"))
          .filter(Files::isExecutable)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
