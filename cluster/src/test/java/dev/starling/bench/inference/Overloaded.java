package dev.starling.bench.inference;

import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A model that is asked for five times of what it can do, by clients with a deadline who come
 * whether or not those before them have their answer. Node and generator have cores of their own,
 * and everything but the one worker of the model is as shipped.
 *
 * <p>What has expired must not have been run: the longest that anything waited in the queue before
 * its run is less than the deadline, and hardly more rows were computed than clients had answers.
 */
final class Overloaded implements Part.Play {
  private static final String PART = "overload";
  private static final String LABELS = "model=\"" + ModelDirectories.EMBEDDING + "\"";
  private static final int TOKENS = 64;
  private static final double TIMES = 5;
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final Duration MORE_PATIENCE = Duration.ofMillis(100);
  private static final int SETTLE_MILLIS = 3_000;
  private static final int CONNECTIONS = 2_048;

  /** Few enough that nobody waits for as long as the deadline, which would be seen in the queue. */
  private static final int CAPACITY_CLIENTS = 8;

  private static final double LEAST_PERCENT = 90;
  private static final double MOST_IN_VAIN_PERCENT = 10;
  private static final double MOST_LATENESS_MILLIS = 20;

  private final Setting setting;

  Overloaded(Setting setting) {
    this.setting = setting;
  }

  /** What the node counts. */
  private record Counts(double rows, double expired, double refused) {
    static Counts of(ModelNode node) {
      return new Counts(
          node.node().metric("inference_batch_rows_sum", LABELS),
          node.node().metric("inference_expired_total", LABELS),
          node.node().metric("inference_refused_total", LABELS));
    }

    Counts since(Counts before) {
      return new Counts(rows - before.rows, expired - before.expired, refused - before.refused);
    }
  }

  @Override
  public Optional<String> play() throws IOException {
    if (Setting.cores() < 2) {
      return Optional.of("two cores, one for the node and one for the generator");
    }
    Pinned generator = Pinned.to(setting.loadCpus());
    try (generator;
        ModelNode node =
            ModelNode.start(
                setting,
                PART,
                List.of("taskset", "-c", setting.serverCpus()),
                Map.of(),
                models -> models.embedding(ModelDirectories.EMBEDDING, "instances: 1"),
                ModelDirectories.EMBEDDING)) {
      double capacity = capacity(node);
      setting.note("%s: capacity %.0f/s", PART, capacity);
      overload(node, capacity);
    }
    return Optional.empty();
  }

  private double capacity(ModelNode node) throws IOException {
    try (OpenLoop<ModelCalls> load =
        ModelCalls.against(node.port(), requests(node, "capacity", ""), CAPACITY_CLIENTS)) {
      load.closedLoop(CAPACITY_CLIENTS, 1_000L * Math.max(1, setting.warmUpSeconds()));
      double[] rounds = new double[setting.rounds()];
      for (int i = 0; i < rounds.length; i++) {
        load.ask(ModelCalls::take);
        long began = System.nanoTime();
        load.closedLoop(CAPACITY_CLIENTS, 1_000L * setting.seconds());
        rounds[i] = load.ask(ModelCalls::take).good() / ((System.nanoTime() - began) / 1e9);
      }
      return Medians.of(rounds);
    }
  }

  private void overload(ModelNode node, double capacity) throws IOException {
    String timeout = "x-request-timeout-ms: " + DEADLINE.toMillis() + "\r\n";
    try (OpenLoop<ModelCalls> load =
        ModelCalls.against(
            node.port(),
            requests(node, "overload", timeout),
            CONNECTIONS,
            DEADLINE.plus(MORE_PATIENCE))) {
      load.start(TIMES * capacity);
      Pause.millis(SETTLE_MILLIS);
      load.ask(calls -> calls.take(DEADLINE.toNanos()));
      load.ask(ModelCalls::takeLateness);
      Counts before = Counts.of(node);
      long began = System.nanoTime();
      Pause.until(began + TimeUnit.SECONDS.toNanos((long) setting.seconds() * setting.rounds()));
      double seconds = (System.nanoTime() - began) / 1e9;
      load.stop();
      Counts counts = Counts.of(node).since(before);
      double lateness = load.ask(ModelCalls::takeLateness).getValueAtPercentile(99) / 1e3;
      report(node, load.ask(ModelCalls::take), counts, capacity, seconds, lateness);
    }
  }

  private Requests requests(ModelNode node, String name, String headers) throws IOException {
    return EmbeddingRequests.write(
        setting.home(PART).resolve("requests-" + name),
        node.port(),
        node.administrator().token(),
        headers,
        ModelDirectories.EMBEDDING,
        Texts.draw(Embeddings.TEXTS, TOKENS, TOKENS));
  }

  private void report(
      ModelNode node,
      Outcomes outcomes,
      Counts counts,
      double capacity,
      double seconds,
      double lateness) {
    double goodput = outcomes.good() / seconds;
    double longestInQueue = 1e3 * node.node().metric("inference_queue_seconds_max", LABELS);
    double inVain = counts.rows - outcomes.succeeded();
    setting.print(
        "%noverload: texts of %d tokens, one worker; capacity %.0f/s; %.0f times of it for %.0f s,"
            + " deadline %d ms; node on cores %s, generator on %s%n%n"
            + "| offered/s | goodput/s | of capacity | p50, p99 ms | refused | p99 ms | expired (504)"
            + " | gave up | rows computed | in vain | expired in the queue | longest in the queue |%n"
            + "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|%n"
            + "| %.0f | %.0f | %.0f %% | %.0f, %.0f | %d | %.1f | %d | %d | %.0f | %.0f | %.0f |"
            + " %.0f ms |%n",
        TOKENS,
        capacity,
        TIMES,
        seconds,
        DEADLINE.toMillis(),
        setting.serverCpus(),
        setting.loadCpus(),
        outcomes.offered() / seconds,
        goodput,
        100 * goodput / capacity,
        outcomes.millis(50),
        outcomes.millis(99),
        outcomes.refused(),
        outcomes.refusedMillis(99),
        outcomes.others(504),
        outcomes.others(0),
        counts.rows,
        inVain,
        counts.expired,
        longestInQueue);
    setting.checks().heading();
    setting.checks().atMost("generator's lateness, p99", lateness, MOST_LATENESS_MILLIS, "ms");
    setting.checks().atLeast("goodput", 100 * goodput / capacity, LEAST_PERCENT, "% of capacity");
    setting
        .checks()
        .atMost("longest in the queue of what was run", longestInQueue, DEADLINE.toMillis(), "ms");
    setting
        .checks()
        .atMost(
            "computed for nobody", 100 * inVain / counts.rows, MOST_IN_VAIN_PERCENT, "% of rows");
    double expected = outcomes.refused() + outcomes.others(504) + outcomes.others(0);
    setting.checks().atMost("failed otherwise", outcomes.failed() - expected, 0, "");
  }
}
