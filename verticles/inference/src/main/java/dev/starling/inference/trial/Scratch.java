package dev.starling.inference.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories that are thrown away. */
final class Scratch {
  private static final Logger log = LoggerFactory.getLogger(Scratch.class);

  private Scratch() {}

  /** Links are removed, not followed. */
  static void delete(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      log.warn("{} could not be removed", directory, e);
    }
  }
}
