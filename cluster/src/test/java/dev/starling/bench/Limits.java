package dev.starling.bench;

import dev.starling.load.Gets;
import dev.starling.load.Gets.Outcome;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import dev.starling.testkit.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how exact a limit is that nodes share; see {@code scripts/bench limits --help}. */
@Command(
    name = "scripts/bench limits",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Hammers one limit through three nodes that share it, and counts what passes.",
      "",
      "One consumer asks for three times what a fixed window allows, at each node in turn. In no second"
          + " of the clock may more pass than the limit, and the calls that waited in vain for whoever"
          + " keeps the window, which their node decides by its share; and of the limit 98 to 101 %"
          + " must pass. A call counts for a second when it was sent and answered in it, because only"
          + " then is it certain to have been decided in it.",
      "",
      "Ends with 1 when a bound is broken or a call fails."
    })
final class Limits implements Callable<Integer> {
  private static final int NODES = 3;

  private static final int CONCURRENCY = 32;

  private static final String ALONE = "ratelimit_lease_unanswered_total";
  private static final long WINDOW_NANOS = 1_000_000_000;

  /** After that the permits are spent that had been saved up. */
  private static final int SETTLE_MILLIS = 3_000;

  @Option(
      names = "--policy",
      split = ",",
      description = "who counts together: redis, cluster (default: ${DEFAULT-VALUE})")
  private List<String> policies = List.of("redis", "cluster");

  @Option(names = "--limit", description = "calls a second (default: ${DEFAULT-VALUE})")
  private int limit = 1_000;

  @Option(names = "--times", description = "asked for, of the limit (default: ${DEFAULT-VALUE})")
  private double times = 3;

  @Option(names = "--seconds", description = "that are counted (default: ${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(
      names = "--warmup",
      description =
          "seconds of load without a limit before anything counts (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 30;

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_150;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-Xmx320m -XX:+UseSerialGC";

  private final Checks checks = new Checks(System.out);

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Limits()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path home = directory == null ? Files.createTempDirectory("starling-limits") : directory;
    System.err.println("starting three nodes; their logs are in " + home.resolve("logs"));
    try (TestRedis redis = TestRedis.start();
        Bed bed = Bed.start(spec(home, redis))) {
      User user = new SignUps(bed.nodes().get(0)).create(1, "hammer").get(0);
      try (OpenLoop<Gets> load = Gets.of("/v1/users/me", bed.nodes(), user)) {
        System.err.println("warming up for " + warmUpSeconds + " s");
        load.closedLoop(CONCURRENCY, warmUpSeconds * 1_000L);
        load.ask(Gets::take);
        for (String policy : policies) {
          bed.policies(rule(policy));
          double before = alone(bed.nodes());
          Outcome outcome = hammer(load);
          report(policy, outcome, alone(bed.nodes()) - before);
        }
      }
    }
    return checks.isBroken() ? 1 : 0;
  }

  private Bed.Spec spec(Path home, TestRedis redis) {
    return new Bed.Spec(
        home,
        NODES,
        basePort,
        List.of(),
        List.of(jvm.split(" ")),
        Map.of("STARLING_REDIS_URI", redis.uri()),
        LabFiles.OPEN);
  }

  /** A policy file with the limit that is hammered. */
  private String rule(String policy) {
    return LabFiles.OPEN
        + "  - { name: hammered-%s, match: { operation: users.me }, per: consumer,"
            .formatted(policy)
        + " rate: { second: %d }, algorithm: fixed-window, policy: %s }%n".formatted(limit, policy);
  }

  private Outcome hammer(OpenLoop<Gets> load) {
    load.start(times * limit);
    Pause.millis(SETTLE_MILLIS);
    load.ask(Gets::take);
    Pause.until(System.nanoTime() + seconds * WINDOW_NANOS);
    Outcome outcome = load.ask(Gets::take);
    load.stop();
    load.ask(Gets::take);
    return outcome;
  }

  private void report(String policy, Outcome outcome, double alone) {
    System.out.printf(
        "%npolicy: %s, limit %,d/s, %.0f times of it asked through %d nodes for %d s:"
            + " %,d passed, %,d limited, others by status %s; %.0f waited in vain for permits%n%n",
        policy,
        limit,
        times,
        NODES,
        seconds,
        outcome.succeeded().size(),
        outcome.limited(),
        outcome.others(),
        alone);
    checks.heading();
    checks.atMost(
        "most in a second", outcome.succeeded().mostInASecondOfTheClock(), limit + alone, "");
    double passed = 100.0 * outcome.succeeded().size() / ((double) limit * seconds);
    checks.atLeast("in all", passed, 98, "% of it");
    checks.atMost("in all", passed, 101, "% of it");
    checks.atMost("failed", outcome.failed(), 0, "");
  }

  /** Calls that no lender answered in time, so that their node gave of its share. */
  private static double alone(List<LabNode> nodes) {
    return nodes.stream().mapToDouble(node -> node.metric(ALONE, "")).sum();
  }
}
