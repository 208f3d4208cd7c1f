package dev.starling.bench.inference;

import dev.starling.bench.inference.BareModel.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Embeddings over HTTP beside a loop around ONNX Runtime that has no server: by turns, on the same
 * cores, which server and generator share. Texts are run one by one in both, on as many threads as
 * there are cores.
 */
final class Embeddings implements Part.Play {
  static final List<Integer> TOKENS = List.of(12, 64);
  static final int TEXTS = 10_000;

  private static final String PART = "embeddings";

  /** So many are made into tensors that stay. */
  private static final int RUN_TEXTS = 2_000;

  private static final double LEAST_PERCENT = 80;
  private static final double MOST_ADDED_PERCENT = 5;

  private final Setting setting;
  private final Generator generator = Generator.cheapest();

  Embeddings(Setting setting) {
    this.setting = setting;
  }

  /** Rounds that took turns. */
  private record Compared(
      int tokens, int clients, List<Load> served, List<Load> bare, List<Load> runs) {
    double ofBarePercent() {
      return 100 * Medians.ofRatios(served, bare, Load::perSecond);
    }

    double ofRunsPercent() {
      return 100 * Medians.ofRatios(served, runs, Load::perSecond);
    }

    double addedPercent() {
      return 100 * (Medians.ofRatios(served, bare, Load::p50Millis) - 1);
    }

    long failed() {
      return served.stream().mapToLong(Load::failed).sum();
    }
  }

  @Override
  public Optional<String> play() throws IOException {
    List<Compared> all = new ArrayList<>();
    try (ModelNode node =
            ModelNode.start(
                setting,
                PART,
                models ->
                    models.embedding(ModelDirectories.EMBEDDING, "instances: " + Setting.cores()),
                ModelDirectories.EMBEDDING);
        BareModel bare =
            new BareModel(node.models(setting, PART).version(ModelDirectories.EMBEDDING, 1))) {
      for (int tokens : TOKENS) {
        List<String> texts = Texts.draw(TEXTS, tokens, tokens);
        bare.check(texts, tokens);
        Requests requests =
            EmbeddingRequests.write(
                setting.home(PART).resolve("requests-" + tokens),
                node.port(),
                node.administrator().token(),
                "",
                ModelDirectories.EMBEDDING,
                texts);
        warmUp(node, bare, requests, texts);
        for (int clients : new int[] {setting.clients(), 1}) {
          all.add(turns(node, bare, requests, texts, tokens, clients));
        }
      }
      setting.print(
          "%nembeddings: a text for each request; the bare loop: %s, batch 1, %d threads at the"
              + " most, one inside; generator: %s%n",
          bare.version(), Setting.cores(), generator.version());
    }
    print(all);
    check(all);
    return Optional.empty();
  }

  private void warmUp(ModelNode node, BareModel bare, Requests requests, List<String> texts) {
    if (setting.warmUpSeconds() > 0) {
      setting.note("%s: warming up for 2 x %d s", PART, setting.warmUpSeconds());
      generator.run(requests, node.port(), setting.clients(), setting.warmUpSeconds());
      bare.run(texts, Work.TEXT, Setting.cores(), setting.warmUpSeconds());
    }
  }

  private Compared turns(
      ModelNode node,
      BareModel bare,
      Requests requests,
      List<String> texts,
      int tokens,
      int clients) {
    Compared turns =
        new Compared(tokens, clients, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int threads = Math.min(clients, Setting.cores());
    int seconds = setting.seconds();
    for (int round = 1; round <= setting.rounds(); round++) {
      turns.served.add(generator.run(requests, node.port(), clients, seconds));
      turns.bare.add(bare.run(texts, Work.TEXT, threads, seconds));
      turns.runs.add(bare.run(texts.subList(0, RUN_TEXTS), Work.RUN, threads, seconds));
      setting.note(
          "%s: %d tokens, %d clients, round %d of %d: %.0f/s served, %.0f/s bare, %.0f/s runs alone",
          PART,
          tokens,
          clients,
          round,
          setting.rounds(),
          last(turns.served).perSecond(),
          last(turns.bare).perSecond(),
          last(turns.runs).perSecond());
    }
    return turns;
  }

  private void print(List<Compared> all) {
    setting.print(
        "| tokens | clients | served/s | bare/s | of bare | runs alone/s | of runs | p50, p99 ms"
            + " served | p50, p99 ms bare | p50 added | failed |");
    setting.print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (Compared turns : all) {
      setting.print(
          "| %d | %d | %.0f | %.0f | %.0f %% | %.0f | %.0f %% | %.2f, %.2f | %.2f, %.2f | %.1f %% |"
              + " %d |",
          turns.tokens,
          turns.clients,
          Medians.of(turns.served, Load::perSecond),
          Medians.of(turns.bare, Load::perSecond),
          turns.ofBarePercent(),
          Medians.of(turns.runs, Load::perSecond),
          turns.ofRunsPercent(),
          Medians.of(turns.served, Load::p50Millis),
          Medians.of(turns.served, Load::p99Millis),
          Medians.of(turns.bare, Load::p50Millis),
          Medians.of(turns.bare, Load::p99Millis),
          turns.addedPercent(),
          turns.failed());
    }
    setting.print("");
  }

  private void check(List<Compared> all) {
    setting.checks().heading();
    for (Compared turns : all) {
      String of = "%d tokens, %d clients: ".formatted(turns.tokens, turns.clients);
      if (turns.clients == 1) {
        setting
            .checks()
            .atMost(of + "p50 added", turns.addedPercent(), MOST_ADDED_PERCENT, "% of bare");
      } else {
        setting
            .checks()
            .atLeast(of + "throughput", turns.ofBarePercent(), LEAST_PERCENT, "% of bare");
      }
      setting.checks().atMost(of + "failed", turns.failed(), 0, "");
    }
  }

  private static Load last(List<Load> rounds) {
    return rounds.get(rounds.size() - 1);
  }
}
