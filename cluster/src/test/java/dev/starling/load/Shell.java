package dev.starling.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the system's own tools. */
public final class Shell {
  private Shell() {}

  /**
   * Runs a command and waits for it.
   *
   * @throws IllegalStateException with what it said, when it fails
   */
  public static void run(String... command) {
    output(List.of(command), Map.of());
  }

  /**
   * Runs a command and gives what it said.
   *
   * @param environment in place of or besides this process's
   * @throws IllegalStateException with what it said, when it fails
   */
  public static String output(List<String> command, Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
