package dev.starling.bench.fusion;

import dev.starling.bench.Checks;
import dev.starling.bench.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures fusion; see {@code scripts/bench fusion --help}. */
@Command(
    name = "scripts/bench fusion",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures how much fusion takes, how soon it decides, and what it outlives.",
      "",
      "  load     events of many users on one node: 90 %% behaviour, 8 %% pictures by reference,"
          + " 2 %% utterances",
      "  kill     three nodes, each of which is killed between utterances and their decisions",
      "  hostile  requests that must be refused, each with its reason",
      "",
      "Nodes, database and generator share the machine. Ends with 1 when a bound is broken."
    })
final class Fusion implements Callable<Integer> {
  private static final int USAGE = 2;

  @Option(
      names = "--part",
      split = ",",
      description = "of ${COMPLETION-CANDIDATES} (default: all of them)")
  private List<Part> parts = List.of(Part.values());

  @Option(
      names = "--seconds",
      description = "for which load is measured (default: ${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(
      names = "--warmup",
      description = "seconds of the same load before (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 20;

  @Option(
      names = "--users",
      description = "of the load, a multiple of 50 (default: ${DEFAULT-VALUE})")
  private int users = 1_000;

  @Option(
      names = "--rate",
      description = "events in a second, of all users together (default: ${DEFAULT-VALUE})")
  private int rate = 5_000;

  @Option(
      names = "--batch",
      description =
          "events that a device sends together: 2, 5, 10, 25 or 50 (default: ${DEFAULT-VALUE})")
  private int batch = 10;

  @Option(
      names = "--connections",
      description = "over which they are posted (default: ${DEFAULT-VALUE})")
  private int connections = 64;

  @Option(
      names = "--sockets",
      description = "users whose devices send over a WebSocket instead (default: ${DEFAULT-VALUE})")
  private int sockets = 50;

  @Option(
      names = "--watched",
      description =
          "users whose devices' streams of commands are open, which say how soon a command comes"
              + " (default: ${DEFAULT-VALUE})")
  private int watched = 200;

  @Option(
      names = "--lateness",
      description = "fusion.lateness under load, in ms (default: ${DEFAULT-VALUE})")
  private int latenessMillis = 500;

  @Option(
      names = "--speakers",
      description = "users who speak when a node is killed (default: ${DEFAULT-VALUE})")
  private int speakers = 60;

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_400;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-XX:+UseSerialGC -XX:+AlwaysPreTouch -Xms768m -Xmx768m";

  @Option(names = "--command", hidden = true)
  private String command = "";

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Fusion())
            // The script says its own first, and whoever calls it has the last word.
            .setOverwrittenOptionsAllowed(true)
            .setExecutionExceptionHandler(Fusion::failed)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Path home = directory == null ? Files.createTempDirectory("starling-fusion") : directory;
    Setting setting = setting(Files.createDirectories(home));
    for (Part part : parts) {
      part.in(setting).play();
    }
    setting.print("");
    Host.print(setting.out(), setting.jvm());
    setting.print("date:     %s", Instant.now().truncatedTo(ChronoUnit.SECONDS));
    setting.print("command:  %s", command);
    setting.print("logs:     %s", setting.home());
    setting.print(setting.checks().isBroken() ? "a bound is BROKEN" : "every bound was kept");
    return setting.checks().isBroken() ? 1 : 0;
  }

  private Setting setting(Path home) {
    require("--seconds", seconds, 1, 86_400);
    require("--warmup", warmUpSeconds, 0, 3_600);
    require("--users", users, 50, 100_000);
    require("--rate", rate, 50, 1_000_000);
    require("--batch", batch, 2, EventMix.CYCLE);
    require("--connections", connections, 1, 10_000);
    require("--sockets", sockets, 0, users);
    require("--watched", watched, 1, users);
    require("--lateness", latenessMillis, 0, 30_000);
    require("--speakers", speakers, 3, 10_000);
    require("--users modulo 50", users % EventMix.CYCLE, 0, 0);
    require("50 modulo --batch", EventMix.CYCLE % batch, 0, 0);
    return new Setting(
        home,
        seconds,
        warmUpSeconds,
        users,
        rate,
        batch,
        connections,
        sockets,
        watched,
        latenessMillis,
        speakers,
        List.of(jvm.strip().split("\\s+")),
        basePort,
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
    if (failure instanceof IllegalArgumentException) {
      System.err.println(failure.getMessage());
      return USAGE;
    }
    failure.printStackTrace();
    return 1;
  }
}
