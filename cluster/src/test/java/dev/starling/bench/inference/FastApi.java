package dev.starling.bench.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Embeddings over HTTP beside a FastAPI program with ONNX Runtime: the same file, the same runs one
 * by one, on as many threads. Both are up, and one is under load at a time. The program has the
 * best of a few settings, which is found first.
 */
final class FastApi implements Part.Play {
  private static final String PART = "fastapi";
  private static final int TRIAL_SECONDS = 4;
  private static final int COMPARED = 100;
  private static final double LEAST_TIMES = 1.5;
  private static final double LEAST_COSINE = 0.999;

  private final Setting setting;
  private final Generator generator = Generator.cheapest();

  FastApi(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Optional<String> play() throws IOException {
    if (setting.peer().python().isEmpty()) {
      return Optional.of(setting.peer().missing());
    }
    try (ModelNode node =
        ModelNode.start(
            setting,
            PART,
            models -> models.embedding(ModelDirectories.EMBEDDING, "instances: " + Setting.cores()),
            ModelDirectories.EMBEDDING)) {
      Path model = node.models(setting, PART).version(ModelDirectories.EMBEDDING, 1);
      FastApiPeer.Workers best = best(model);
      try (FastApiPeer peer = peer(model, best)) {
        setting.print(
            "%nfastapi: %d clients, a text for each request; the program: %s, with %s; it verifies no"
                + " token; generator: %s%n",
            setting.clients(),
            FastApiPeer.version(setting.peer().python()),
            best,
            generator.version());
        double cosine = leastCosine(node, peer);
        compare(node, peer);
        setting
            .checks()
            .atLeast("least cosine of %d vectors".formatted(COMPARED), cosine, LEAST_COSINE, "");
      }
    }
    return Optional.empty();
  }

  private FastApiPeer peer(Path model, FastApiPeer.Workers workers) throws IOException {
    return FastApiPeer.start(
        setting.peer().python(),
        setting.basePort() + 30,
        model,
        workers,
        setting.home(PART).resolve("peer-" + workers.processes() + "x" + workers.threads()));
  }

  /** The settings that people use, each under load for a moment. */
  private FastApiPeer.Workers best(Path model) throws IOException {
    List<FastApiPeer.Workers> all =
        List.of(
            new FastApiPeer.Workers(Setting.cores(), 0),
            new FastApiPeer.Workers(Setting.cores(), 1),
            new FastApiPeer.Workers(1, Setting.cores()));
    FastApiPeer.Workers best = all.get(0);
    double most = 0;
    for (FastApiPeer.Workers workers : all) {
      try (FastApiPeer peer = peer(model, workers)) {
        Requests requests = requests(peer.port(), "", Embeddings.TOKENS.get(0));
        generator.run(requests, peer.port(), setting.clients(), TRIAL_SECONDS / 2);
        Load load = generator.run(requests, peer.port(), setting.clients(), TRIAL_SECONDS);
        setting.note("%s: %s: %.0f/s", PART, workers, load.perSecond());
        if (load.perSecond() > most) {
          most = load.perSecond();
          best = workers;
        }
      }
    }
    return best;
  }

  private void compare(ModelNode node, FastApiPeer peer) throws IOException {
    setting.print(
        "| tokens | Starling/s | FastAPI/s | times | p50, p99 ms | FastAPI p50, p99 ms |");
    setting.print("|---:|---:|---:|---:|---:|---:|");
    List<Turns> all = new ArrayList<>();
    for (int tokens : Embeddings.TOKENS) {
      Turns turns = turns(node, peer, tokens);
      all.add(turns);
      setting.print(
          "| %d | %.0f | %.0f | %.2f | %.1f, %.1f | %.1f, %.1f |",
          tokens,
          Medians.of(turns.some(), Load::perSecond),
          Medians.of(turns.others(), Load::perSecond),
          turns.times(),
          Medians.of(turns.some(), Load::p50Millis),
          Medians.of(turns.some(), Load::p99Millis),
          Medians.of(turns.others(), Load::p50Millis),
          Medians.of(turns.others(), Load::p99Millis));
    }
    setting.print("");
    setting.checks().heading();
    for (int i = 0; i < all.size(); i++) {
      String what = Embeddings.TOKENS.get(i) + " tokens";
      setting.checks().atLeast(what, all.get(i).times(), LEAST_TIMES, "x FastAPI");
      setting.checks().atMost(what + ": failed, of both", all.get(i).failed(), 0, "");
    }
  }

  private Turns turns(ModelNode node, FastApiPeer peer, int tokens) throws IOException {
    Requests own = requests(node.port(), node.administrator().token(), tokens);
    Requests others = requests(peer.port(), "", tokens);
    int clients = setting.clients();
    if (setting.warmUpSeconds() > 0) {
      generator.run(own, node.port(), clients, setting.warmUpSeconds());
      generator.run(others, peer.port(), clients, setting.warmUpSeconds());
    }
    return Turns.play(
        setting.rounds(),
        () -> generator.run(own, node.port(), clients, setting.seconds()),
        () -> generator.run(others, peer.port(), clients, setting.seconds()));
  }

  /** Whether both compute the same. */
  private double leastCosine(ModelNode node, FastApiPeer peer) throws IOException {
    double least = 1;
    for (int tokens : Embeddings.TOKENS) {
      for (String text : Texts.draw(COMPARED / Embeddings.TOKENS.size(), tokens, -tokens)) {
        String body = EmbeddingRequests.body(ModelDirectories.EMBEDDING, text);
        Administrator.Answer own = node.administrator().post(EmbeddingRequests.PATH, body);
        least = Math.min(least, Vectors.cosine(Vectors.of(own.json()), peer.embed(body)));
      }
    }
    return least;
  }

  private Requests requests(int port, String token, int tokens) throws IOException {
    return EmbeddingRequests.write(
        setting.home(PART).resolve("requests-" + port + "-" + tokens),
        port,
        token,
        "",
        ModelDirectories.EMBEDDING,
        Texts.draw(Embeddings.TEXTS, tokens, tokens));
  }
}
