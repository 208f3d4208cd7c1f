package dev.starling.chaos.orders;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.load.Pause;
import dev.starling.load.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One run: shoppers and a nemesis at a lab, then rest, then the verdict.
 *
 * <p>The history and the evidence stay in the run's directory, and can be checked again.
 */
final class OrdersRun {
  private static final String HISTORY = "history.jsonl";
  private static final String EVIDENCE = "evidence.json";
  private static final String EXPECTATIONS = "expectations.json";

  /** Of each kind of article: some run out, some never do. */
  private static final int SCARCE = 4;

  private static final int PLENTY = 12;
  private static final long SCARCE_STOCK = 300;
  private static final long PLENTY_STOCK = 10_000_000;

  /** As old as an answer may be that was not asked to be newer; nodes are told less. */
  private static final Duration STALENESS = Duration.ofSeconds(2);

  private static final int USERS_PER_CLIENT = 2;
  private static final int DRAIN_SECONDS = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How long it goes on: until there were so many operations and so many faults.
   *
   * @param most ends it before that
   */
  record Plan(long operations, int faults, Duration most, List<Trouble> troubles, long seed) {}

  /**
   * What became of it.
   *
   * @param undelivered events that had not been delivered in the end
   * @param longestPauseMillis for which nobody could write to a shard that moved
   */
  record Result(
      List<Operation> operations,
      List<Nemesis.Strike> strikes,
      long undelivered,
      OptionalDouble longestPauseMillis,
      Verdict verdict) {}

  private OrdersRun() {}

  /**
   * @param services which the lab has
   * @param directory takes the history and the evidence
   */
  static Result run(
      OrdersLab lab,
      Plan plan,
      Shoppers.Options clients,
      List<String> services,
      Path directory,
      Consumer<String> log) {
    Map<String, Long> stock = articles();
    lab.sell(stock);
    List<User> users = lab.signUp(USERS_PER_CLIENT * clients.clients());
    Nemesis nemesis = new Nemesis(lab, plan.troubles, plan.seed, log);
    List<Operation> operations;
    try (Shoppers shoppers =
        new Shoppers(
            clients,
            lab.edges(),
            users,
            new ArrayList<>(stock.keySet()),
            directory.resolve(HISTORY))) {
      long end = System.nanoTime() + plan.most.toNanos();
      shoppers.open();
      while (System.nanoTime() - end < 0
          && (nemesis.strikes().size() < plan.faults || shoppers.calls() < plan.operations)) {
        if (nemesis.strikes().size() < plan.faults) {
          nemesis.strike();
          log.accept("   " + shoppers.calls() + " operations so far");
        } else {
          Pause.millis(100);
        }
      }
      lab.awaitWhole();
      shoppers.finish();
      operations = shoppers.operations();
    }
    return reckon(lab, operations, nemesis, stock, services, directory);
  }

  /** The verdict about a run that ended earlier. */
  static Verdict check(Path directory) {
    try {
      return HistoryChecker.check(
          History.read(directory.resolve(HISTORY)),
          JSON.readValue(directory.resolve(EVIDENCE).toFile(), Evidence.class),
          JSON.readValue(directory.resolve(EXPECTATIONS).toFile(), Expectations.class));
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": not what a run has left", e);
    }
  }

  private static Result reckon(
      OrdersLab lab,
      List<Operation> operations,
      Nemesis nemesis,
      Map<String, Long> stock,
      List<String> services,
      Path directory) {
    try {
      List<Connection> databases = lab.databases().connect();
      try {
        long undelivered = drain(databases);
        Evidence evidence = StoredEvidence.read(databases, services);
        Expectations expectations =
            new Expectations(stock, StoredEvidence.effects(services), STALENESS.toNanos());
        JSON.writeValue(directory.resolve(EVIDENCE).toFile(), evidence);
        JSON.writeValue(directory.resolve(EXPECTATIONS).toFile(), expectations);
        return new Result(
            operations,
            nemesis.strikes(),
            undelivered,
            lab.moves().longestPauseMillis(),
            HistoryChecker.check(operations, evidence, expectations));
      } finally {
        for (Connection database : databases) {
          database.close();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the databases cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until everything is delivered, or has had the time for it. */
  private static long drain(List<Connection> databases) throws SQLException {
    long end = System.nanoTime() + Duration.ofSeconds(DRAIN_SECONDS).toNanos();
    long open = StoredEvidence.open(databases);
    while (open > 0 && System.nanoTime() - end < 0) {
      Pause.millis(200);
      open = StoredEvidence.open(databases);
    }
    return open;
  }

  private static Map<String, Long> articles() {
    Map<String, Long> stock = new TreeMap<>();
    for (int i = 1; i <= SCARCE; i++) {
      stock.put("SCARCE-" + i, SCARCE_STOCK);
    }
    for (int i = 1; i <= PLENTY; i++) {
      stock.put("PLENTY-" + i, PLENTY_STOCK);
    }
    return stock;
  }
}
