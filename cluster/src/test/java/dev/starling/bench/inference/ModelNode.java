package dev.starling.bench.inference;

import dev.starling.bench.Bed;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node with an edge and models, in a process of its own. Its traffic policy is the shipped one
 * without the limits of signing up and in; the models that the jar ships stay in it, so that
 * nothing runs beside what is measured.
 */
final class ModelNode implements AutoCloseable {
  static final String SERVICES = "edge,auth,users,rate-limiter,inference,open-inference";

  private final Bed bed;
  private final Administrator administrator;

  private ModelNode(Bed bed) {
    this.bed = bed;
    this.administrator = new Administrator(node());
  }

  /** Fills a repository before the node is started. */
  interface Filling {
    void fill(ModelDirectories models) throws IOException;
  }

  /** Starts one and waits until it serves these models. */
  static ModelNode start(Setting setting, String part, Filling filling, String... models)
      throws IOException {
    return start(setting, part, List.of(), Map.of(), filling, models);
  }

  /**
   * Likewise.
   *
   * @param launcher comes before the node's command, e.g. to pin it to a core
   * @param environment further settings
   */
  static ModelNode start(
      Setting setting,
      String part,
      List<String> launcher,
      Map<String, String> environment,
      Filling filling,
      String... models)
      throws IOException {
    Path home = Files.createDirectories(setting.home(part));
    filling.fill(ModelDirectories.ofData(home.resolve("data")));
    setting.note("%s: starting a node; its log is in %s", part, home.resolve("logs"));
    Map<String, String> all = new HashMap<>();
    all.put("STARLING_CLUSTER_STANDALONE", "true");
    all.put("STARLING_VERTICLES_RUN", SERVICES);
    all.put("STARLING_INFERENCE_SHIPPED", "false");
    all.putAll(Administrator.SETTINGS);
    all.putAll(environment);
    Bed bed =
        Bed.start(
            new Bed.Spec(home, 1, setting.basePort(), launcher, setting.jvm(), all, LabFiles.OPEN));
    try {
      ModelNode node = new ModelNode(bed);
      for (String model : models) {
        node.administrator.awaitReady(model);
      }
      return node;
    } catch (RuntimeException e) {
      bed.close();
      throw e;
    }
  }

  LabNode node() {
    return bed.nodes().get(0);
  }

  int port() {
    return node().httpPort();
  }

  /** Its protocol, as an administrator. */
  Administrator administrator() {
    return administrator;
  }

  /** Where its models are. */
  ModelDirectories models(Setting setting, String part) {
    return ModelDirectories.ofData(setting.home(part).toAbsolutePath().resolve("data"));
  }

  @Override
  public void close() {
    bed.close();
  }
}
