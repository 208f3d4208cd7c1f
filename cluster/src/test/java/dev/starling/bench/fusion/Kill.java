package dev.starling.bench.fusion;

import dev.starling.bench.Bed;
import dev.starling.bench.Checks;
import dev.starling.bench.fusion.FusionTables.Command;
import dev.starling.bench.fusion.FusionTables.EventKey;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Three nodes with one database. Everybody says something, all of it is acknowledged, and before
 * any of it is decided a node is killed, with which the owners of some of the users are gone; then
 * it is started again. Each of the three in its turn, while devices go on.
 */
final class Kill implements Part.Play {
  private static final String PART = "kill";
  private static final int NODES = 3;

  /** Time enough to be killed between what was said and what it means. */
  private static final int LATENESS_MILLIS = 3_000;

  private static final int SETTLE_SECONDS = 90;
  private static final String FIRST = "first";
  private static final String CALM = "calm";

  private final Setting setting;

  Kill(Setting setting) {
    this.setting = setting;
  }

  /**
   * A node was killed and came back.
   *
   * @param owned users whose owner it was
   * @param afterMillis how long after the first was to say something
   * @param open utterances and commands that nobody had dealt with a while later
   * @param theirs what was said by those users
   * @param others what was said by all others
   */
  private record Loss(
      String node, long owned, double afterMillis, long open, Waits theirs, Waits others) {}

  /** From when utterances were received until they were decided, and until they were booked. */
  private record Waits(Spread decided, Spread booked) {
    static Waits of(List<Command> commands) {
      return new Waits(
          Spread.of(commands.stream().mapToDouble(Command::decidedMillis)),
          Spread.of(commands.stream().mapToDouble(Command::bookedMillis)));
    }
  }

  @Override
  public void play() throws SQLException {
    try (Bed bed = setting.start(PART, NODES, LATENESS_MILLIS);
        FusionTables tables = new FusionTables(setting.home(PART).resolve("data"))) {
      List<LabNode> nodes = bed.nodes();
      for (LabNode node : nodes) {
        node.await(
            "serving its embedding model", () -> node.metric("inference_models_ready", "") >= 1);
      }
      List<Household> households = Households.create(nodes.get(0), setting.speakers());
      Poster poster = new Poster(nodes);
      try (Scenes scenes = new Scenes(poster, households)) {
        long byOwners;
        List<Loss> losses = new ArrayList<>();
        try (Meanwhile meanwhile = new Meanwhile(scenes)) {
          meanwhile.start();
          // JVMs that have just started are seconds late, and others help owners that are.
          scenes.see(FIRST);
          scenes.say(FIRST);
          settle(tables);
          byOwners = calm(nodes, households, scenes, tables);
          for (LabNode victim : nodes) {
            losses.add(lose(victim, nodes, households, scenes, tables));
          }
        }
        report(losses, byOwners, poster, scenes, tables);
      }
    }
  }

  /** A scene that nothing happens in; returns how many nodes decided of what is theirs. */
  private long calm(
      List<LabNode> nodes, List<Household> households, Scenes scenes, FusionTables tables)
      throws SQLException {
    Owners owners = Owners.of(nodes);
    Map<String, Double> before = decided(nodes);
    scenes.see(CALM);
    scenes.say(CALM);
    settle(tables);
    Map<String, Double> after = decided(nodes);
    long byOwners = 0;
    for (LabNode node : nodes) {
      double made = after.getOrDefault(node.name(), 0.0) - before.getOrDefault(node.name(), 0.0);
      long expected = owned(node, owners, households).size();
      setting.note("%s: %s owns %d users and decided %.0f", PART, node.name(), expected, made);
      byOwners += Math.min(Math.round(made), expected);
    }
    return byOwners;
  }

  private Loss lose(
      LabNode victim,
      List<LabNode> nodes,
      List<Household> households,
      Scenes scenes,
      FusionTables tables)
      throws SQLException {
    String scene = "loss-of-" + victim.name();
    Set<UUID> theirs = owned(victim, Owners.of(nodes), households);
    scenes.see(scene);
    Instant began = Instant.now();
    long first = System.nanoTime();
    scenes.say(scene);
    victim.kill();
    double afterMillis = (System.nanoTime() - first) / 1e6;
    setting.note(
        "%s: %s, the owner of %d users, was killed %.0f ms after the first began to speak",
        PART, victim.name(), theirs.size(), afterMillis);
    long open = settle(tables);
    victim.start();
    awaitWhole(nodes);
    Map<Boolean, List<Command>> commands =
        tables.commands(began).stream()
            .collect(Collectors.partitioningBy(each -> theirs.contains(each.utterance().user())));
    return new Loss(
        victim.name(),
        theirs.size(),
        afterMillis,
        open,
        Waits.of(commands.getOrDefault(true, List.of())),
        Waits.of(commands.getOrDefault(false, List.of())));
  }

  private static Set<UUID> owned(LabNode node, Owners owners, List<Household> households) {
    return households.stream()
        .filter(household -> owners.of(household.user()).equals(node.name()))
        .map(household -> UUID.fromString(household.user().id()))
        .collect(Collectors.toSet());
  }

  private static Map<String, Double> decided(List<LabNode> nodes) {
    Map<String, Double> all = new TreeMap<>();
    nodes.forEach(node -> all.put(node.name(), node.metric("fusion_decisions_total", "")));
    return all;
  }

  private static void awaitWhole(List<LabNode> nodes) {
    for (LabNode node : nodes) {
      node.awaitReady();
      node.await("in a whole cluster", () -> node.serving() == nodes.size());
    }
  }

  /** Waits until all is decided and booked; returns what is not, after a while. */
  private static long settle(FusionTables tables) throws SQLException {
    long end = System.nanoTime() + SETTLE_SECONDS * 1_000_000_000L;
    while (true) {
      long open = tables.undecided() + tables.unbooked();
      if (open == 0 || System.nanoTime() - end > 0) {
        return open;
      }
      Pause.millis(100);
    }
  }

  private void report(
      List<Loss> losses, long byOwners, Poster poster, Scenes scenes, FusionTables tables)
      throws SQLException {
    Set<EventKey> unasked = new HashSet<>();
    Set<EventKey> lost = new HashSet<>(scenes.acknowledged());
    tables.events(
        event -> {
          if (!lost.remove(event)) {
            unasked.add(event);
          }
        });
    CommandAudit audit =
        CommandAudit.of(scenes.utterances(), tables.decisions(), tables.commands(Instant.EPOCH));
    setting.print(
        "%nkill: %d users speak, then a node is killed, three times; devices go on;"
            + " lateness %d ms%n%n"
            + "| killed | owner of | after ms | its users: received to decided ms, p50, most |"
            + " to booked | others: to decided | to booked |%n"
            + "|---|---:|---:|---:|---:|---:|---:|",
        setting.speakers(), LATENESS_MILLIS);
    for (Loss loss : losses) {
      setting.print(
          "| %s | %d | %.0f | %s | %s | %s | %s |",
          loss.node,
          loss.owned,
          loss.afterMillis,
          middleAndMost(loss.theirs.decided),
          middleAndMost(loss.theirs.booked),
          middleAndMost(loss.others.decided),
          middleAndMost(loss.others.booked));
    }
    setting.print(
        "%n| acknowledged events | posted again, by status | utterances | corrected |"
            + " decided by its owner, of a scene without a loss |%n"
            + "|---:|---|---:|---:|---:|%n"
            + "| %d | %s | %d | %d | %d of %d |%n",
        scenes.acknowledged().size(),
        poster.again(),
        scenes.utterances().size(),
        audit.corrected(),
        byOwners,
        setting.speakers());
    check(losses, lost.size(), unasked.size(), audit, tables);
  }

  private static String middleAndMost(Spread spread) {
    return "%.0f, %.0f".formatted(spread.at(50), spread.at(100));
  }

  private void check(
      List<Loss> losses, long lost, long unasked, CommandAudit audit, FusionTables tables)
      throws SQLException {
    Checks checks = setting.checks();
    checks.heading();
    for (Loss loss : losses) {
      String killed = loss.node + " killed: ";
      checks.atLeast(killed + "owner of users", loss.owned, 1, "");
      checks.atMost(killed + "before any decision", loss.afterMillis, LATENESS_MILLIS, "ms");
      checks.atMost(killed + "not decided or not booked", loss.open, 0, "");
    }
    checks.atMost("acknowledged events lost", lost, 0, "");
    checks.atMost("events that were not acknowledged", unasked, 0, "");
    checks.atMost("utterances without a decision", audit.undecided(), 0, "");
    checks.atMost("utterances without a command in the end", audit.unresolved(), 0, "");
    checks.atMost("revisions doubled or left out", audit.gaps(), 0, "");
    checks.atMost("commands missing", audit.missing(), 0, "");
    checks.atMost("commands doubled", audit.doubled(), 0, "");
    checks.atMost("utterances with more than one command", audit.several(), 0, "");
    checks.atMost("utterances with none", audit.without(), 0, "");
    checks.atMost(
        "commands booked beyond those decided",
        (double) tables.bookedCommands() - tables.decidedCommands(),
        0,
        "");
  }
}
