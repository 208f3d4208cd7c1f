package dev.starling.cluster;

import dev.starling.cluster.config.LoadedConfig;
import dev.starling.postgres.shards.MovedShards;
import dev.starling.postgres.shards.ShardCluster;
import dev.starling.postgres.shards.ShardMove;
import dev.starling.postgres.shards.ShardReport;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code starling shards}: shows where the shards are, and moves them while they are served. */
@Command(
    name = "shards",
    description = {
      "Shows which database holds which shard, how large they are, how far replicas are behind,",
      "and what moves have left over."
    },
    mixinStandardHelpOptions = true)
final class ShardsCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;
  private static final long UNDO_SECONDS = 60;

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options = new NodeOptions();

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    try (ShardCluster cluster = open(options.load())) {
      ShardReport report = ShardReport.of(cluster);
      print(output.of(report, ShardReport::toText));
      return 0;
    }
  }

  @Command(
      name = "move",
      description = {
        "Moves shards to another database while they are served: copies, catches up, compares, and",
        "switches with a short pause. What fails is undone; the shard is where it was.",
        "Exit code: 0 when all are there, 1 when not."
      },
      mixinStandardHelpOptions = true)
  int move(
      @Parameters(
              index = "0",
              split = ",",
              paramLabel = "SHARD",
              description = "Numbers, e.g. 5 or 5,6,7.")
          List<Integer> shards,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "DATABASE",
              description = "A name of shards.databases, or home.")
          String to,
      @Option(
              names = "--drop-old",
              negatable = true,
              description = "Drop the tables at the old place when the copy has been compared.")
          boolean dropOld,
      @Option(
              names = "--max-pause",
              paramLabel = "MILLIS",
              defaultValue = "1000",
              description = "Longest that writers may wait (default: ${DEFAULT-VALUE}).")
          long maxPauseMillis,
      @Mixin OutputOption form,
      @Mixin NodeOptions nodeOptions) {
    shards.forEach(ShardsCommand::check);
    if (maxPauseMillis < 1 || maxPauseMillis > 60_000) {
      throw new ConfigException("--max-pause: " + maxPauseMillis + " (expected: 1..60000)");
    }
    LoadedConfig config = nodeOptions.load();
    // Lines about how far it is must not stand between those of an answer that programs read.
    PrintWriter progress = form.isText() ? out() : spec.commandLine().getErr();
    List<ShardMove.Moved> moved = new ArrayList<>();
    try (ShardCluster cluster = open(config)) {
      ShardMove move =
          new ShardMove(
              cluster,
              config.available().classLoader(),
              Duration.ofMillis(maxPauseMillis),
              line -> {
                progress.println(line);
                progress.flush();
              });
      Interruption interruption = new Interruption(move);
      try {
        for (int shard : shards) {
          moved.add(moved(cluster, move.run(shard, to), dropOld, form));
        }
      } finally {
        interruption.over();
      }
    }
    if (!form.isText()) {
      print(OutputOption.json(moved));
    }
    return moved.stream().allMatch(one -> one.differences().isEmpty()) ? 0 : DIFFERENT;
  }

  @Command(
      name = "drop-moved",
      description = "Drops what moves of a shard have left at its old places.",
      mixinStandardHelpOptions = true)
  int dropMoved(
      @Parameters(index = "0", paramLabel = "SHARD", description = "Its number.") int shard,
      @Mixin NodeOptions nodeOptions) {
    check(shard);
    try (ShardCluster cluster = open(nodeOptions.load())) {
      List<String> dropped = MovedShards.drop(cluster, shard);
      dropped.forEach(schema -> out().println("dropped " + schema));
      if (dropped.isEmpty()) {
        out().println("nothing of " + Shards.schema(shard) + " is left over");
      }
      out().flush();
      return 0;
    }
  }

  private ShardMove.Moved moved(
      ShardCluster cluster, ShardMove.Moved moved, boolean dropOld, OutputOption form) {
    boolean same = moved.differences().isEmpty();
    if (form.isText()) {
      out()
          .println(
              String.format(
                  Locale.ROOT,
                  "%s: moved from %s to %s: %d tables, %.1f MiB, pause %.1f ms, %s",
                  Shards.schema(moved.shard()),
                  moved.from(),
                  moved.to(),
                  moved.tables(),
                  moved.bytes() / 1024.0 / 1024.0,
                  moved.pauseMillis(),
                  same ? "compared: the same" : "BUT THE COPIES DIFFER"));
    }
    moved
        .differences()
        .forEach(
            line -> spec.commandLine().getErr().println(Shards.schema(moved.shard()) + "." + line));
    if (dropOld && same) {
      MovedShards.drop(cluster, moved.shard());
    } else if (form.isText()) {
      out()
          .printf(
              "its old tables are kept as %s in %s (to drop them: shards drop-moved %d)%n",
              moved.kept(), moved.from(), moved.shard());
    }
    out().flush();
    return moved;
  }

  private static void check(int shard) {
    if (shard < 0 || shard >= Shards.COUNT) {
      throw new ConfigException("SHARD: " + shard + " (expected: 0.." + (Shards.COUNT - 1) + ")");
    }
  }

  private static ShardCluster open(LoadedConfig config) {
    return ShardCluster.open(
        Path.of(config.node().dataDir()), config.node().postgres(), config.node().shards());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void print(String text) {
    out().print(text);
    out().flush();
  }

  /** Lets a move that is interrupted (Ctrl-C) undo what it has done before the process ends. */
  private static final class Interruption {
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;

    Interruption(ShardMove move) {
      hook =
          new Thread(
              () -> {
                move.cancel();
                try {
                  over.await(UNDO_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "starling-undo");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    void over() {
      over.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending: the hook has done its work.
      }
    }
  }
}
