package dev.starling.bench;

import dev.starling.load.Database;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import dev.starling.postgres.shards.Shards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how events leave the outbox; see {@code scripts/bench outbox --help}. */
@Command(
    name = "scripts/bench outbox",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Drains the outboxes of all shards into a consumer, with relays that live and with relays that"
          + " are killed.",
      "",
      "Three nodes: one has the consumer, whose effect is a plain insert, the other two relay. First"
          + " nothing happens to them. Then whichever relays most is killed with SIGKILL after each"
          + " second of it, and started again. In the end every event must have had its effect once,"
          + " those of an aggregate in their order; and the lag that the relaying nodes showed must"
          + " have been that of the tables.",
      "",
      "Ends with 1 when a bound is broken."
    })
final class Outboxes implements Callable<Integer> {
  private static final int MANAGEMENT_OFFSET = 10;
  private static final int CLUSTER_OFFSET = 20;
  private static final int SAMPLE_MILLIS = 100;
  private static final long TERM_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double NANOS_PER_SECOND = 1e9;

  /** Of shards; each has a relay. */
  private static final int RANGES = 4;

  /** The gauge is measured each second, and between two measurements it runs on. */
  private static final double LAG_TOLERANCE_SECONDS = 2;

  @Option(names = "--events", description = "in each round (default: ${DEFAULT-VALUE})")
  private int events = 100_000;

  @Option(names = "--order", description = "events of an aggregate (default: ${DEFAULT-VALUE})")
  private int eventsOfAnAggregate = 5;

  @Option(names = "--limit", description = "seconds for a round (default: ${DEFAULT-VALUE})")
  private int limitSeconds = 1_200;

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_250;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the nodes (default: ${DEFAULT-VALUE})")
  private String jvm = "-Xmx320m -XX:+UseSerialGC";

  private final Checks checks = new Checks(System.out);

  /** What a round was like. */
  private record Drained(double seconds, int kills, int lagSamples, double lagError) {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Outboxes()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Path home = directory == null ? Files.createTempDirectory("starling-outbox") : directory;
    LabFiles files = LabFiles.write(home, LabFiles.OPEN);
    LabNode ledger = node(files, 0, "ledger", LedgerJar.in(home));
    List<LabNode> relays = List.of(node(files, 1, "outbox", null), node(files, 2, "outbox", null));
    System.err.println("starting three nodes; their logs are in " + files.logs());
    try {
      ledger.start();
      ledger.awaitReady();
      try (OutboxTables tables = new OutboxTables(files.data())) {
        relays.forEach(LabNode::start);
        relays.forEach(LabNode::awaitReady);
        round("nothing happens", tables, relays, false);
        round("the relaying node is killed each second", tables, relays, true);
      }
    } finally {
      relays.forEach(LabNode::stopForGood);
      ledger.stopForGood();
      new Database(files.data()).end();
    }
    return checks.isBroken() ? 1 : 0;
  }

  private void round(String what, OutboxTables tables, List<LabNode> relays, boolean killing)
      throws SQLException {
    tables.write(events, eventsOfAnAggregate);
    Drained drained = drain(tables, relays, killing);
    int written = events / Shards.COUNT * Shards.COUNT;
    System.out.printf(
        "%n%s: %,d events in %.1f s, %,.0f events/s; %d kills; lag compared %d times%n%n",
        what,
        written,
        drained.seconds,
        written / drained.seconds,
        drained.kills,
        drained.lagSamples);
    checks.heading();
    checks.atLeast("effects", tables.entries(), written, "");
    checks.atMost("effects", tables.entries(), written, "");
    checks.atLeast("events with an effect", tables.eventsEntered(), written, "");
    checks.atMost("out of order", tables.outOfOrder(), 0, "");
    checks.atMost("dead letters", tables.deadLetters(), 0, "");
    checks.atMost("open", tables.open(), 0, "");
    checks.atMost("lag shown, off by", drained.lagError, LAG_TOLERANCE_SECONDS, "s");
  }

  private Drained drain(OutboxTables tables, List<LabNode> relays, boolean killing)
      throws SQLException {
    long began = System.nanoTime();
    int kills = 0;
    int samples = 0;
    double lagError = 0;
    LabNode busiest = null;
    long since = 0;
    while (tables.open() > 0) {
      if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(limitSeconds)) {
        break;
      }
      LabNode now = busiest(relays);
      if (now != busiest) {
        busiest = now;
        since = System.nanoTime();
      }
      double before = tables.lagSeconds();
      double shown = shownLag(relays);
      double after = tables.lagSeconds();
      if (!Double.isNaN(shown) && before > 0 && after > 0) {
        samples++;
        lagError = Math.max(lagError, off(shown, before, after));
      }
      if (killing && busiest != null && System.nanoTime() - since >= TERM_NANOS) {
        busiest.kill();
        busiest.start();
        busiest = null;
        kills++;
      }
      Pause.millis(SAMPLE_MILLIS);
    }
    return new Drained((System.nanoTime() - began) / NANOS_PER_SECOND, kills, samples, lagError);
  }

  /** How far a figure is outside of what was true before and after it was read. */
  private static double off(double shown, double before, double after) {
    double least = Math.min(before, after);
    double most = Math.max(before, after);
    return Math.max(0, Math.max(least - shown, shown - most));
  }

  /** The lag of all shards, as operators add it up; NaN while some of them have no owner. */
  private static double shownLag(List<LabNode> relays) {
    int owned = 0;
    double lag = 0;
    for (LabNode relay : relays) {
      int here = owned(relay);
      if (here > 0) {
        owned += here;
        lag = Math.max(lag, relay.metric("outbox_lag_seconds", ""));
      }
    }
    return owned == RANGES ? lag : Double.NaN;
  }

  /** The node that relays most; null while none does. */
  private static @Nullable LabNode busiest(List<LabNode> relays) {
    LabNode busiest = null;
    int most = 0;
    for (LabNode relay : relays) {
      int owned = owned(relay);
      if (owned > most) {
        most = owned;
        busiest = relay;
      }
    }
    return busiest;
  }

  /** How many ranges of shards a node relays. */
  private static int owned(LabNode relay) {
    double owned = relay.isAlive() ? relay.metric("singleton_owned", "outbox.relay") : 0;
    return Double.isNaN(owned) ? 0 : (int) owned;
  }

  private LabNode node(LabFiles files, int number, String runs, @Nullable Path verticles) {
    int port = basePort + number;
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_CLUSTER_PORT", "" + (basePort + CLUSTER_OFFSET));
    environment.put("STARLING_CLUSTER_NAME", "bench-" + basePort);
    environment.put("STARLING_DATA_DIR", files.data().toString());
    environment.put("STARLING_VERTICLES_RUN", runs);
    if (verticles != null) {
      environment.put("STARLING_VERTICLES_PATH", verticles.toString());
    }
    return new LabNode(
        new LabNode.Spec(
            "node-" + (number + 1),
            "default",
            false,
            "127.0.0.1",
            port,
            port + MANAGEMENT_OFFSET,
            List.of(),
            List.of(jvm.split(" ")),
            files.config(),
            Map.copyOf(environment)),
        files.logs());
  }
}
