package dev.starling.bench.inference;

import dev.starling.load.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process on some of the cores, until it is closed. Used from one thread. */
final class Pinned implements AutoCloseable {
  private static final String ALLOWED = "Cpus_allowed_list:";

  private final String before;

  private Pinned(String before) {
    this.before = before;
  }

  static Pinned to(String cpus) {
    Pinned pinned = new Pinned(allowed());
    pin(cpus);
    return pinned;
  }

  @Override
  public void close() {
    pin(before);
  }

  private static void pin(String cpus) {
    Shell.run("taskset", "-acp", cpus, Long.toString(ProcessHandle.current().pid()));
  }

  private static String allowed() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(ALLOWED))
          .map(line -> line.substring(ALLOWED.length()).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
