package dev.starling.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of an external program, bounded in time.
 *
 * <p>Blocking. The program sees only {@code PATH} and a fixed locale: nothing of the node's own
 * environment, which may hold secrets or libpq settings, reaches it.
 */
final class Command {
  private static final int MAX_OUTPUT_CHARS = 2_000;

  private Command() {}

  /** What a program left behind: its exit code and the end of what it printed. */
  record Result(int exitCode, String output) {
    boolean succeeded() {
      return exitCode == 0;
    }
  }

  /**
   * Runs a program to its end, or kills it at the limit.
   *
   * @param scratch a writable directory, for the output while it runs
   */
  static Result run(Path scratch, List<String> command, Duration limit) {
    Path output = null;
    try {
      // A file, not a pipe: a daemon that inherits a pipe would keep its reader waiting forever.
      output = Files.createTempFile(scratch, FileTrees.PARTIAL + "command-", "");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.directory(Path.of("/").toFile());
      builder.redirectErrorStream(true).redirectOutput(output.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      Map<String, String> environment = builder.environment();
      String path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
      environment.clear();
      environment.putAll(Map.of("PATH", path, "LC_ALL", "C", "TZ", "UTC"));
      return await(builder.start(), command, limit, output);
    } catch (IOException e) {
      return new Result(-1, command.get(0) + ": " + e.getMessage());
    } finally {
      deleteQuietly(output);
    }
  }

  private static Result await(Process process, List<String> command, Duration limit, Path output)
      throws IOException {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        String text = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
        return new Result(
            process.exitValue(), text.substring(Math.max(0, text.length() - MAX_OUTPUT_CHARS)));
      }
      process.destroyForcibly();
      return new Result(-1, command.get(0) + " still ran after " + limit);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted while running " + command.get(0), e);
    }
  }

  private static void deleteQuietly(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A few lines in a scratch directory: nothing depends on their removal.
    }
  }
}
