package dev.starling.bench.inference;

import dev.starling.bench.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures models and vectors; see {@code scripts/bench inference --help}. */
@Command(
    name = "scripts/bench inference",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what models cost when a node serves them, and what they outlive.",
      "",
      "  embeddings  texts to vectors over HTTP beside a loop around ONNX Runtime",
      "  batching    rows of different requests run together, and one at a time",
      "  fastapi     texts to vectors beside a FastAPI program with ONNX Runtime",
      "  replace     a model that is replaced while it is called",
      "  overload    five times of what a model can do, from clients with a deadline",
      "  kill        nodes that serve some of the models are killed while they are called",
      "  evil        files that must not be loaded, beside a model that is called",
      "  vectors     search among many vectors; points that outlive their node",
      "",
      "Server and generator share the machine, as does what they are compared with, by turns."
          + " Figures are medians of rounds, ratios those of rounds that took turns. A part for which"
          + " something is missing says so and is left out. Ends with 1 when a bound is broken."
    })
final class Inference implements Callable<Integer> {

  @Option(
      names = "--part",
      split = ",",
      description = "of ${COMPLETION-CANDIDATES} (default: all of them)")
  private List<Part> parts = List.of(Part.values());

  @Option(names = "--rounds", description = "of each thing (default: ${DEFAULT-VALUE})")
  private int rounds = 5;

  @Option(names = "--seconds", description = "length of a round (default: ${DEFAULT-VALUE})")
  private int seconds = 8;

  @Option(
      names = "--warmup",
      description = "seconds of load on each thing before it counts (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 15;

  @Option(
      names = "--clients",
      description = "that call at the same time (default: ${DEFAULT-VALUE})")
  private int clients = 64;

  @Option(
      names = "--replacements",
      description = "of a model while it is called (default: ${DEFAULT-VALUE})")
  private int replacements = 50;

  @Option(names = "--vectors", description = "that are searched among (default: ${DEFAULT-VALUE})")
  private int vectors = 100_000;

  @Option(
      names = "--server-cpus",
      description = "cores of the node in overload (default: ${DEFAULT-VALUE})")
  private String serverCpus = "0";

  @Option(
      names = "--load-cpus",
      description = "cores of the generator in overload (default: ${DEFAULT-VALUE})")
  private String loadCpus = "1";

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_300;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-XX:+UseSerialGC -Xms768m -Xmx768m";

  @Option(names = "--peer-python", description = "interpreter with FastAPI and ONNX Runtime")
  private String peerPython = "";

  @Option(names = "--peer-missing", hidden = true)
  private String peerMissing = "a Python with FastAPI and ONNX Runtime (--peer-python)";

  @Option(names = "--inference-tests", hidden = true)
  private String inferenceTests = "";

  @Option(names = "--vectors-tests", hidden = true)
  private String vectorsTests = "";

  @Option(names = "--command", hidden = true)
  private String command = "";

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Inference())
            // The script says its own first, and whoever calls it has the last word.
            .setOverwrittenOptionsAllowed(true)
            .setExecutionExceptionHandler(Inference::failed)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home = directory == null ? Files.createTempDirectory("starling-inference") : directory;
    Setting setting = setting(Files.createDirectories(home));
    Generator generator = Generator.cheapest();
    List<String> leftOut = new ArrayList<>();
    for (Part part : parts) {
      Optional<String> missing = part.in(setting).play();
      missing.ifPresent(what -> leftOut.add(part + ": left out; missing: " + what));
    }
    setting.print("");
    leftOut.forEach(setting.out()::println);
    Machine.print(setting, generator.version(), command);
    setting.print(setting.checks().isBroken() ? "a bound is BROKEN" : "every bound was kept");
    return setting.checks().isBroken() ? 1 : 0;
  }

  private Setting setting(Path home) {
    require("--rounds", rounds, 1, 1_000);
    require("--seconds", seconds, 1, 3_600);
    require("--warmup", warmUpSeconds, 0, 3_600);
    require("--clients", clients, 1, 1_000);
    require("--replacements", replacements, 1, 10_000);
    require("--vectors", vectors, 1_000, 10_000_000);
    return new Setting(
        home,
        rounds,
        seconds,
        warmUpSeconds,
        clients,
        List.of(jvm.strip().split("\\s+")),
        basePort,
        serverCpus,
        loadCpus,
        new Setting.Peer(peerPython, peerMissing),
        new Setting.Programs(inferenceTests, vectorsTests),
        replacements,
        vectors,
        System.out,
        new Checks(System.out));
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(option, value, least, most));
    }
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    failure.printStackTrace();
    return failure instanceof IllegalArgumentException ? 2 : 1;
  }
}
