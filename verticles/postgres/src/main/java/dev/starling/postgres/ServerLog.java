package dev.starling.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The end of what the server wrote, for the one line that says why it did not start. */
final class ServerLog {
  private static final int LINES = 8;

  private final Path data;

  ServerLog(Path data) {
    this.data = data;
  }

  /** Where {@code pg_ctl} keeps what the server prints before its own log begins. */
  Path start() {
    return data.resolve("start.log");
  }

  /** The last lines of both logs, in one. */
  String tail() {
    try {
      List<Path> logs = new ArrayList<>(List.of(start()));
      Path directory = data.resolve("log");
      if (Files.isDirectory(directory)) {
        FileTrees.entries(directory, "").stream()
            .max(Comparator.comparing(log -> log.toFile().lastModified()))
            .ifPresent(logs::add);
      }
      List<String> tail = new ArrayList<>();
      for (Path log : logs) {
        if (Files.exists(log)) {
          List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
          tail.addAll(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        }
      }
      return String.join(" | ", tail);
    } catch (IOException e) {
      return "see " + data.resolve("log");
    }
  }
}
