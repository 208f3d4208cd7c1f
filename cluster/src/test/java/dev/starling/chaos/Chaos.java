package dev.starling.chaos;

import dev.starling.chaos.orders.OrdersChaos;
import dev.starling.load.FaultProxy;
import dev.starling.load.LabNode;
import dev.starling.testkit.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays faults against a cluster under load; see {@code scripts/chaos --help}. */
@Command(
    name = "scripts/chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = OrdersChaos.class,
    description = {
      "Starts six nodes in three zones, puts them under load, and injects faults.",
      "Prints what clients saw and ends with 1 when a bound was broken."
    })
final class Chaos implements Callable<Integer> {
  private static final int MAX_REPEATS = 3;

  @Option(
      names = "--faults",
      split = ",",
      description = "of ${COMPLETION-CANDIDATES}; default: all")
  private List<FaultName> faults = List.of(FaultName.values());

  @Option(names = "--rounds", description = "rounds of each fault (default: ${DEFAULT-VALUE})")
  private int rounds = 10;

  @Option(names = "--seed", description = "chooses the victims (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--rate",
      description = "calls per second (default: half of what the cluster is measured to answer)")
  private double rate;

  @Option(names = "--unsafe", description = "share of calls that write (default: ${DEFAULT-VALUE})")
  private double unsafeShare = 0.1;

  @Option(
      names = "--accounts",
      description = "users that read and write (default: ${DEFAULT-VALUE})")
  private int accountCount = 200;

  @Option(
      names = "--without",
      split = ",",
      description =
          "turns safeguards off, to see what they guard: some of retries, hedges, frame-age,"
              + " suspicion, links, draining")
  private List<String> without = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "a setting of every node, e.g. STARLING_TRANSPORT=epoll; repeatable")
  private List<String> settings = List.of();

  @Option(names = "--base-port", description = "first of 300 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 21_000;

  @Option(
      names = "--directory",
      description =
          "for data and logs, kept (default: a new one, removed unless a bound is broken)")
  private Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-Xmx320m -XX:+UseSerialGC";

  private final Report report = new Report(System.out);

  /** Where a fault is played; faults of the same place share its nodes. */
  enum Place {
    LOOPBACK,
    OLDER,
    WEIGHTED,
    PROXIED,
    REDIS,
    DATABASE,
    NETWORK
  }

  /** The faults by the name that the command line has for them. */
  enum FaultName {
    cold(Place.LOOPBACK, arena -> Kill.cold()),
    kill(Place.LOOPBACK, arena -> Kill.warm()),
    freeze(Place.LOOPBACK, arena -> new Freeze()),
    nap(Place.LOOPBACK, arena -> new Nap()),
    hiccup(Place.LOOPBACK, arena -> new Hiccup()),
    slow(Place.LOOPBACK, arena -> new Slow()),
    roll(Place.LOOPBACK, arena -> new Roll(100_000)),
    postgres(Place.LOOPBACK, arena -> new DatabaseKill()),
    restarts(Place.LOOPBACK, arena -> new Restarts(100)),
    upgrade(Place.OLDER, arena -> new Upgrade(100_000)),
    weights(Place.WEIGHTED, arena -> new Weights()),
    late(Place.PROXIED, arena -> new Late(arena.proxies())),
    redis(Place.REDIS, arena -> new RedisKill(arena.the(TestRedis.class), arena.accounts())),
    slowdatabase(
        Place.DATABASE, arena -> new SlowDatabase(arena.the(FaultProxy.class), arena.accounts())),
    cut(Place.NETWORK, arena -> new ZoneCut(arena.the(Namespaces.class))),
    oneway(Place.NETWORK, arena -> new OneWayCut(arena.the(Namespaces.class)));

    private final Place place;
    private final Function<Arena, Fault> fault;

    FaultName(Place place, Function<Arena, Fault> fault) {
      this.place = place;
      this.fault = fault;
    }
  }

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Chaos()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path work = directory == null ? Files.createTempDirectory("starling-chaos") : directory;
    Map<Fault, List<RoundResult>> results = new LinkedHashMap<>();
    for (Place place : Place.values()) {
      List<FaultName> chosen = faults.stream().filter(fault -> fault.place == place).toList();
      if (!chosen.isEmpty()) {
        Path home = Files.createDirectories(work.resolve(place.name().toLowerCase(Locale.ROOT)));
        report.line("starting six nodes; their logs are in " + home.resolve("logs"));
        try (Arena arena = open(place, home)) {
          playAll(chosen, arena, results);
        }
      }
    }
    results.forEach(report::summary);
    return report.isBroken() ? 1 : 0;
  }

  private void playAll(List<FaultName> chosen, Arena arena, Map<Fault, List<RoundResult>> results) {
    double half = halfOfCapacity(arena);
    double callsPerSecond = rate > 0 ? rate : half;
    for (FaultName name : chosen) {
      Fault fault = name.fault.apply(arena);
      // There is only one first time.
      int times = name == FaultName.cold ? 1 : rounds;
      results.put(fault, play(fault, times, () -> arena.round(callsPerSecond)));
    }
  }

  private Arena open(Place place, Path home) {
    return switch (place) {
      case LOOPBACK -> Arena.onLoopback(options(home, node -> {}));
      case OLDER ->
          Arena.onLoopback(options(home, node -> node.set("STARLING_CLUSTER_WIRE_VERSION", "1")));
      case WEIGHTED -> Arena.onLoopback(options(home, Weights::prepare));
      case PROXIED -> Arena.behindProxies(options(home, node -> Late.prepare(node, basePort)));
      case REDIS -> Arena.withRedis(options(home, node -> {}));
      case DATABASE -> Arena.behindDatabaseProxy(options(home, node -> {}));
      case NETWORK -> Arena.inNamespaces(options(home, node -> {}));
    };
  }

  private Arena.Options options(Path home, Consumer<LabNode> prepare) {
    List<String> all = new ArrayList<>(settings);
    if (!without.isEmpty()) {
      all.add("STARLING_CLUSTER_SAFEGUARDS_OFF=" + String.join(",", without));
    }
    return new Arena.Options(
        home,
        basePort,
        accountCount,
        unsafeShare,
        seed,
        "",
        List.copyOf(all),
        List.of(jvm.split(" ")),
        prepare);
  }

  private List<RoundResult> play(Fault fault, int times, Supplier<Round> round) {
    Random random = new Random(seed);
    List<RoundResult> counted = new ArrayList<>();
    int repeats = 0;
    while (counted.size() < times) {
      RoundResult result = fault.play(round.get(), random);
      report.round(fault, counted.size() + 1, times, result);
      if (result.counts()) {
        counted.add(result);
      } else if (++repeats > MAX_REPEATS * times) {
        throw new IllegalStateException(
            fault.name()
                + ": the victim never had enough to do for a round to count, or nothing to spoil");
      }
    }
    return counted;
  }

  private double halfOfCapacity(Arena arena) {
    report.line("warming up and measuring the capacity");
    double capacity = arena.capacity();
    report.line("capacity %.0f calls/s; the load is half of that".formatted(capacity));
    return capacity / 2;
  }
}
