package dev.starling.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what overload does to a node; see {@code scripts/bench overload --help}. */
@Command(
    name = "scripts/bench overload",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Asks a node for many times of what it can do, and measures what is left of it.",
      "",
      "The node reads and writes profiles in a real PostgreSQL through a few connections, with its"
          + " cache of profiles off; both share a core, and what is scarce is the database. First its capacity C is measured in a closed loop without guards,"
          + " then it is asked for multiples of C in an open loop: each call is due at its moment,"
          + " and its latency counts from there. 5 of 100 callers are critical, 40 sheddable.",
      "",
      "With shedding it must keep, at 5×, 90 % of C as answers in time (80 % above), a p99 of what is"
          + " admitted of at most 3 times the one at half of C and within the deadline, a p99 of"
          + " refusals of 20 ms, 99 % of the critical calls while sheddable ones are refused; be normal"
          + " again 5 s after; and hold no more heap. Without shedding it must break down, or the test"
          + " could not fail. Ends with 1 when a bound is broken."
    })
final class Overload implements Callable<Integer> {

  /** Which nodes are measured. */
  enum Shedding {
    on,
    off,
    both
  }

  @Option(
      names = "--steps",
      split = ",",
      description = "multiples of the capacity (default: ${DEFAULT-VALUE})")
  private List<Double> steps = List.of(1.0, 5.0, 10.0);

  @Option(names = "--seconds", description = "length of a step (default: ${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(
      names = "--shedding",
      description = "of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Shedding shedding = Shedding.both;

  @Option(
      names = "--calm-seconds",
      description = "length of the step at half of the capacity (default: ${DEFAULT-VALUE})")
  private int calmSeconds = 15;

  @Option(
      names = "--warmup",
      description = "seconds of load before anything counts (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 30;

  @Option(
      names = "--rounds",
      description = "rounds of 4 s of which the median is C (default: ${DEFAULT-VALUE})")
  private int rounds = 5;

  @Option(
      names = "--connections",
      description = "connections to the database (default: ${DEFAULT-VALUE})")
  private int connections = 1;

  @Option(
      names = "--writes",
      description = "of 100 calls, how many write (default: ${DEFAULT-VALUE})")
  private int writePercent = 80;

  @Option(
      names = "--commit-delay",
      description =
          "milliseconds that the database waits at each commit, as a disk behind a network does"
              + " (default: ${DEFAULT-VALUE})")
  private int commitDelayMillis = 1;

  @Option(names = "--deadline", description = "milliseconds (default: ${DEFAULT-VALUE})")
  private int deadlineMillis = 1_000;

  @Option(names = "--seed", description = "chooses the calls (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--chart", description = "draws the goodput into this SVG file")
  private @Nullable Path chart;

  @Option(names = "--server-cpus", description = "cores of the node and its database")
  private String serverCpus = "";

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_100;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the node (default: ${DEFAULT-VALUE})")
  private String jvm = "-XX:+UseSerialGC -Xms512m -Xmx512m";

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Overload()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path work = directory == null ? Files.createTempDirectory("starling-overload") : directory;
    OverloadReport report = new OverloadReport(System.out, steps, deadlineMillis);
    List<OverloadRun.Result> results = new ArrayList<>();
    for (boolean guarded : new boolean[] {false, true}) {
      if (shedding == Shedding.both || guarded == (shedding == Shedding.on)) {
        Path home = Files.createDirectories(work.resolve(guarded ? "with" : "without"));
        System.err.println(
            "shedding %s; logs are in %s".formatted(guarded ? "on" : "off", home.resolve("logs")));
        OverloadRun run = new OverloadRun(options(home), guarded, System.err::println);
        results.add(run.play());
      }
    }
    results.forEach(report::print);
    if (chart != null) {
      Files.writeString(chart, GoodputChart.svg(results));
    }
    return report.isBroken() ? 1 : 0;
  }

  private OverloadRun.Options options(Path home) {
    return new OverloadRun.Options(
        home,
        steps,
        seconds,
        calmSeconds,
        warmUpSeconds,
        rounds,
        connections,
        commitDelayMillis,
        new ProfileCalls.Mix(writePercent, Duration.ofMillis(deadlineMillis), seed),
        basePort,
        serverCpus.isEmpty() ? List.of() : List.of("taskset", "-c", serverCpus),
        List.of(jvm.split(" ")));
  }
}
