package dev.starling.bench.inference;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program among the tests of another module, in a process of its own with this one's Java. */
final class Program {
  private static final List<String> ENGLISH = List.of("-Duser.language=en", "-Duser.country=US");

  private Program() {}

  /** Runs it, passes on what it says, and returns that. */
  static List<String> run(String classPath, List<String> jvm, String main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ENGLISH);
    command.addAll(jvm);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        said.add(line);
      }
      if (process.waitFor() != 0) {
        throw new IllegalStateException(main + " ended with " + process.exitValue());
      }
      return said;
    } finally {
      process.destroy();
    }
  }
}
