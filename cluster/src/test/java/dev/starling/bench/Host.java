package dev.starling.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a reader needs to judge any figures: the machine and the version. */
public final class Host {
  private static final long KIB_PER_GIB = 1 << 20;

  private Host() {}

  /**
   * Prints it, a line each.
   *
   * @param jvm flags of the nodes
   */
  public static void print(PrintStream out, List<String> jvm) throws IOException {
    out.println(
        String.format(
            Locale.ROOT,
            "machine:  %s, %d cores, %.0f GiB, Linux %s",
            line("/proc/cpuinfo", "model name"),
            Runtime.getRuntime().availableProcessors(),
            (double) Long.parseLong(line("/proc/meminfo", "MemTotal").split(" ")[0]) / KIB_PER_GIB,
            System.getProperty("os.version")));
    out.println(
        String.format(
            Locale.ROOT,
            "version:  Starling %s on JDK %s (%s)",
            commit(),
            System.getProperty("java.runtime.version"),
            String.join(" ", jvm)));
  }

  private static String line(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  private static String commit() {
    try {
      Process git =
          new ProcessBuilder(List.of("git", "describe", "--always", "--dirty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return said.isBlank() ? "unknown" : said.strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
