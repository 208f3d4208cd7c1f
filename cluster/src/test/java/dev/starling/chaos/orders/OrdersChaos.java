package dev.starling.chaos.orders;

import dev.starling.chaos.orders.OrdersRun.Plan;
import dev.starling.chaos.orders.OrdersRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks that no order is lost, doubled or made up; see {@code scripts/chaos orders --help}. */
@Command(
    name = "orders",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lets many clients place, repeat, read and cancel orders at three nodes and two databases,",
      "injects faults meanwhile, and checks what they were told against what is stored.",
      "Ends with 1 when an invariant is broken, or was not put to the test."
    })
public final class OrdersChaos implements Callable<Integer> {
  /** What takes orders and acts on them. */
  static final List<String> SERVICES =
      List.of("orders", "outbox", "points", "notifications", "recommendations");

  private static final List<String> ZONES = List.of("a", "b", "c");

  @Option(names = "--operations", description = "at least so many (default: ${DEFAULT-VALUE})")
  private long operations = 200_000;

  @Option(names = "--faults", description = "at least so many (default: ${DEFAULT-VALUE})")
  private int faults = 50;

  @Option(
      names = "--seconds",
      description = "ends it then, whatever was reached (default: ${DEFAULT-VALUE})")
  private long seconds = 7_200;

  @Option(
      names = "--of",
      split = ",",
      description = "faults to choose from: ${COMPLETION-CANDIDATES}; default: all")
  private List<Trouble> troubles = List.of(Trouble.values());

  @Option(names = "--seed", description = "chooses calls and faults (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--clients", description = "at once (default: ${DEFAULT-VALUE})")
  private int clients = 48;

  @Option(
      names = "--pause",
      description =
          "milliseconds between what a client does, on average (default: ${DEFAULT-VALUE})")
  private double pauseMillis = 50;

  @Option(
      names = "--services",
      split = ",",
      description = "besides edge, auth, rate-limiter and users (default: ${DEFAULT-VALUE})")
  private List<String> services = SERVICES;

  @Option(names = "--base-port", description = "first of 300 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 22_000;

  @Option(
      names = "--directory",
      description = "for data, logs and the history, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-Xmx384m -XX:+UseSerialGC";

  @Option(
      names = "--check",
      description = "checks what a run left in that directory again, and does nothing else")
  private @Nullable Path checked;

  @Option(
      names = "--planted",
      description = "a bug to be caught: ${COMPLETION-CANDIDATES}; then ends with 0 when it was")
  private @Nullable PlantedBug planted;

  private final OrdersReport report = new OrdersReport(System.out);

  @Override
  public Integer call() throws IOException {
    Path earlier = checked;
    if (earlier != null) {
      Verdict verdict = OrdersRun.check(earlier);
      report.verdict(verdict);
      return OrdersReport.isProof(verdict) ? 0 : 1;
    }
    Path home =
        directory == null
            ? Files.createTempDirectory("starling-orders")
            : directory.toAbsolutePath();
    Files.createDirectories(home);
    report.line("starting three nodes and two databases; history and logs are in " + home);
    OrdersLab.Options options =
        new OrdersLab.Options(
            home,
            basePort,
            ZONES,
            troubles.contains(Trouble.CUT),
            services,
            List.of(jvm.split(" ")),
            planted == null ? null : planted.jar(home));
    Plan plan = new Plan(operations, faults, Duration.ofSeconds(seconds), troubles, seed);
    try (OrdersLab lab = OrdersLab.start(options)) {
      // Also when it is ended from outside: servers outlive whoever started them.
      Runtime.getRuntime().addShutdownHook(new Thread(lab::close, "close-lab"));
      if (planted != null) {
        planted.prepare(lab);
      }
      Result result =
          OrdersRun.run(
              lab,
              plan,
              new Shoppers.Options(clients, pauseMillis, seed),
              services,
              home,
              report::line);
      report.result(result);
      return isAsExpected(result.verdict()) ? 0 : 1;
    }
  }

  private boolean isAsExpected(Verdict verdict) {
    PlantedBug bug = planted;
    return bug == null ? OrdersReport.isProof(verdict) : verdict.violationsOf(bug.broken()) > 0;
  }
}
