package dev.starling.bench.inference;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What a reader needs to judge figures: the machine, the versions, the command. */
final class Machine {
  private static final long KIB_PER_GIB = 1 << 20;

  private Machine() {}

  static void print(Setting setting, String generator, String command) throws IOException {
    setting.print(
        "machine:  %s, %d cores, %.0f GiB, Linux %s",
        line("/proc/cpuinfo", "model name"),
        Setting.cores(),
        (double) Long.parseLong(line("/proc/meminfo", "MemTotal").split(" ")[0]) / KIB_PER_GIB,
        System.getProperty("os.version"));
    setting.print(
        "version:  Starling %s on JDK %s (%s)",
        commit(), System.getProperty("java.runtime.version"), String.join(" ", setting.jvm()));
    setting.print("version:  ONNX Runtime %s", OrtEnvironment.getEnvironment().getVersion());
    setting.print("version:  %s", generator);
    setting.print(
        "rounds:   %d of %d s, %d s of warming up, %d clients",
        setting.rounds(), setting.seconds(), setting.warmUpSeconds(), setting.clients());
    setting.print("date:     %s", Instant.now().truncatedTo(ChronoUnit.SECONDS));
    setting.print("command:  %s", command);
    setting.print("logs:     %s", setting.home());
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
