package dev.starling.bench.inference;

import dev.starling.load.Database;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Three nodes with models, of two models each is on two nodes: one serves both, the others half of
 * them. A fourth node has the edge. Each of the three is killed in turn while clients call both
 * models, and started again.
 */
final class Kill implements Part.Play {
  private static final String PART = "kill";
  private static final int MANAGEMENT_OFFSET = 10;
  private static final int CLUSTER_OFFSET = 20;
  private static final double CALLS_PER_SECOND = 200;
  private static final int WATCH_MILLIS = 3_000;
  private static final List<List<String>> MODELS =
      List.of(List.of("risk-a"), List.of("risk-a", "risk-b"), List.of("risk-b"));

  /** Five JVMs on two cores are late whatever the load is; that they shed is measured elsewhere. */
  private static final String POLICIES = "shedding: { enabled: false }\n" + LabFiles.OPEN;

  private final Setting setting;

  Kill(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Optional<String> play() throws IOException {
    LabFiles files = LabFiles.write(setting.home(PART), POLICIES);
    LabNode edge = node(files, 0, "edge,auth,users,rate-limiter,open-inference", files.data());
    List<LabNode> servers = new ArrayList<>();
    for (int i = 0; i < MODELS.size(); i++) {
      Path repository = setting.home(PART).toAbsolutePath().resolve("repository-" + (i + 1));
      for (String model : MODELS.get(i)) {
        new ModelDirectories(repository).risk(model, "max-batch: 512");
      }
      servers.add(node(files, i + 1, "inference", repository));
    }
    setting.note("%s: starting four nodes; their logs are in %s", PART, files.logs());
    try {
      // The edge starts the database, which the others do not need.
      edge.start();
      edge.awaitReady();
      servers.forEach(LabNode::start);
      awaitWhole(edge, servers);
      play(edge, servers);
    } finally {
      servers.forEach(LabNode::stopForGood);
      edge.stopForGood();
      new Database(files.data()).end();
    }
    return Optional.empty();
  }

  /**
   * A node was killed and came back.
   *
   * @param served calls that it had answered before: what was never called is not missed
   * @param outcomes of the calls that were begun meanwhile
   */
  private record Loss(String node, List<String> models, double served, Outcomes outcomes) {}

  private void play(LabNode edge, List<LabNode> servers) throws IOException {
    Administrator administrator = new Administrator(edge);
    administrator.awaitReady("risk-a");
    administrator.awaitReady("risk-b");
    Requests requests = requests(edge, administrator);
    try (OpenLoop<ModelCalls> load =
        ModelCalls.against(edge.httpPort(), requests, setting.clients())) {
      load.start(CALLS_PER_SECOND);
      Pause.millis(1_000L * Math.max(1, setting.warmUpSeconds()));
      load.ask(ModelCalls::take);
      List<Loss> losses = new ArrayList<>();
      for (int i = 0; i < servers.size(); i++) {
        LabNode victim = servers.get(i);
        double served = victim.metric("bus_requests_received_total", "service=\"model.");
        setting.note("%s: %s, which has served %.0f calls", PART, victim.name(), served);
        victim.kill();
        Pause.millis(WATCH_MILLIS);
        victim.start();
        awaitWhole(edge, servers);
        Pause.millis(WATCH_MILLIS);
        losses.add(new Loss(victim.name(), MODELS.get(i), served, load.ask(ModelCalls::take)));
      }
      load.stop();
      report(losses);
    }
  }

  private void report(List<Loss> losses) {
    setting.print(
        "%nkill: two models, each on two of three nodes, %.0f calls/s; every node killed once%n%n"
            + "| killed | had served | requests meanwhile | failed | by status | p50, p99 ms |"
            + " slowest |%n"
            + "|---|---:|---:|---:|---|---:|---:|",
        CALLS_PER_SECOND);
    for (Loss loss : losses) {
      Outcomes outcomes = loss.outcomes;
      setting.print(
          "| %s, with %s | %.0f | %d | %d | %s | %.1f, %.1f | %.0f |",
          loss.node,
          String.join(" and ", loss.models),
          loss.served,
          outcomes.offered(),
          outcomes.failed(),
          outcomes.failures(),
          outcomes.millis(50),
          outcomes.millis(99),
          outcomes.slowestMillis());
    }
    setting.print("");
    setting.checks().heading();
    for (Loss loss : losses) {
      String killed = loss.node + " killed: ";
      setting.checks().atMost(killed + "failed requests", loss.outcomes.failed(), 0, "");
      setting.checks().atLeast(killed + "requests", loss.outcomes.succeeded(), 1, "");
      setting.checks().atLeast(killed + "had served", loss.served, 1, "");
    }
  }

  /** Both models by turns. */
  private Requests requests(LabNode edge, Administrator administrator) throws IOException {
    int width = administrator.width("risk-a");
    List<Buffer> both = new ArrayList<>();
    List<Requests> each = new ArrayList<>();
    for (String model : List.of("risk-a", "risk-b")) {
      each.add(
          new RiskRequests(model, 1, width, 1)
              .write(
                  setting.home(PART).resolve("requests-" + model),
                  RiskRequests.Form.JSON,
                  edge.httpPort(),
                  administrator.token()));
    }
    for (int i = 0; i < each.get(0).all().size(); i++) {
      both.add(each.get(0).all().get(i));
      both.add(each.get(1).all().get(i));
    }
    return Requests.write(setting.home(PART).resolve("requests"), both);
  }

  private static void awaitWhole(LabNode edge, List<LabNode> servers) {
    for (int i = 0; i < servers.size(); i++) {
      LabNode server = servers.get(i);
      int models = MODELS.get(i).size();
      server.awaitReady();
      server.await(
          "serving its models", () -> server.metric("inference_models_ready", "") >= models);
    }
    edge.await("in a whole cluster", () -> edge.serving() == servers.size() + 1);
  }

  private LabNode node(LabFiles files, int number, String runs, Path repository) {
    int port = setting.basePort() + number;
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_CLUSTER_PORT", "" + (setting.basePort() + CLUSTER_OFFSET));
    environment.put("STARLING_CLUSTER_NAME", "bench-" + setting.basePort());
    environment.put("STARLING_DATA_DIR", files.data().toString());
    environment.put("STARLING_VERTICLES_RUN", runs);
    environment.put("STARLING_INFERENCE_SHIPPED", "false");
    environment.putAll(Administrator.SETTINGS);
    if (runs.equals("inference")) {
      environment.put("STARLING_INFERENCE_REPOSITORIES", repository.toString());
    }
    return new LabNode(
        new LabNode.Spec(
            number == 0 ? "edge" : "models-" + number,
            "default",
            number == 0,
            "127.0.0.1",
            port,
            port + MANAGEMENT_OFFSET,
            List.of(),
            setting.jvm(),
            files.config(),
            Map.copyOf(environment)),
        files.logs());
  }
}
