package dev.starling.bench.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows of different requests run together, beside the same model that runs one at a time: two
 * copies with other names and configurations, by turns.
 *
 * <p>The risk model is so small that over HTTP the edge is what is measured. Where the model is
 * what costs, in the engine, batching has to show; over the bus and over HTTP it must not harm.
 */
final class Batching implements Part.Play {
  private static final String PART = "batching";
  private static final int SHIPPED_BATCH = 512;

  /** An order with its reasons. */
  private static final int ORDER_ROWS = 13;

  private static final List<Integer> TOGETHER = List.of(1, 2, 4, 8, 16, 32, 64);
  private static final int MOST_TOGETHER = 64;

  private static final double LEAST_IN_ENGINE = 5;
  private static final double LEAST_OF_SHORT_TEXTS = 1.5;
  private static final double LEAST = 0.95;

  /** Two rounds of the same differ by as much. */
  private static final double MOST_P99_PERCENT = 110;

  private final Setting setting;
  private final Generator generator = Generator.cheapest();
  private final List<Row> rows = new ArrayList<>();
  private final List<String> alone = new ArrayList<>();

  Batching(Setting setting) {
    this.setting = setting;
  }

  /**
   * A comparison.
   *
   * @param apart how the other one runs rows
   * @param least how many times as fast batches must be
   * @param rowsOfARun on average; NaN where nobody counted
   */
  private record Row(
      String model, String where, String apart, Turns turns, double least, double rowsOfARun) {}

  @Override
  public Optional<String> play() throws IOException {
    int width = overHttp();
    inProcess(width);
    withoutServer();
    print();
    check();
    return Optional.empty();
  }

  /** Returns how many numbers a row of the risk model has. */
  private int overHttp() throws IOException {
    try (ModelNode node =
        ModelNode.start(
            setting,
            PART,
            models -> {
              models.risk("risk-together", "max-batch: " + SHIPPED_BATCH);
              models.risk("risk-alone", "max-batch: 1");
              models.risk("risk-requests", "batching: never", "max-batch: " + SHIPPED_BATCH);
              String instances = "instances: " + Setting.cores();
              models.embedding("texts-together", "batching: always", instances);
              models.embedding("texts-alone", "batching: never", "max-batch: 1", instances);
            },
            "risk-together",
            "risk-alone",
            "risk-requests",
            "texts-together",
            "texts-alone")) {
      int width = node.administrator().width("risk-together");
      for (RiskRequests.Form form : RiskRequests.Form.values()) {
        String where = "HTTP, " + (form == RiskRequests.Form.JSON ? "JSON" : "binary");
        risk(node, "risk, 1 row", where, "one by one", "risk-alone", form, 1, width);
        risk(
            node,
            "risk, %d rows".formatted(ORDER_ROWS),
            where,
            "by request",
            "risk-requests",
            form,
            ORDER_ROWS,
            width);
      }
      for (int tokens : Embeddings.TOKENS) {
        double least = tokens == Embeddings.TOKENS.get(0) ? LEAST_OF_SHORT_TEXTS : LEAST;
        compare(
            node,
            "embedding, %d tokens".formatted(tokens),
            "HTTP, embeddings",
            "one by one",
            "texts-together",
            texts(node, "texts-together", tokens),
            texts(node, "texts-alone", tokens),
            least);
      }
      return width;
    }
  }

  private void inProcess(int width) throws IOException {
    Path data = setting.home("in-process").toAbsolutePath().resolve("data");
    ModelDirectories models = ModelDirectories.ofData(data);
    Path version = models.risk("risk-together", "max-batch: " + SHIPPED_BATCH);
    models.risk("risk-alone", "max-batch: 1");
    setting.note("%s: in this process, the engine", PART);
    add(
        "risk, 1 row",
        "engine",
        "one by one",
        InProcess.engine(setting, version, new InProcess.Ways(SHIPPED_BATCH, 1)),
        LEAST_IN_ENGINE,
        Double.NaN);
    setting.note("%s: in this process, the bus", PART);
    add(
        "risk, 1 row",
        "bus",
        "one by one",
        InProcess.bus(setting, data, "risk-together", "risk-alone", width),
        LEAST,
        Double.NaN);
  }

  /** What batches save of the model itself: nobody who serves it can save more. */
  private void withoutServer() throws IOException {
    Path data = setting.home("without-server").toAbsolutePath().resolve("data");
    try (BareModel bare = new BareModel(ModelDirectories.ofData(data).embedding("texts"))) {
      for (int tokens : Embeddings.TOKENS) {
        List<String> texts = Texts.draw(MOST_TOGETHER, tokens, tokens);
        bare.check(texts, tokens);
        StringBuilder row = new StringBuilder("| ").append(tokens).append(" |");
        for (int together : TOGETHER) {
          double micros = bare.microsOfText(texts, together, setting.seconds());
          row.append(" %.0f |".formatted(micros));
        }
        alone.add(row.toString());
      }
    }
  }

  private void risk(
      ModelNode node,
      String what,
      String where,
      String apart,
      String other,
      RiskRequests.Form form,
      int rowsEach,
      int width)
      throws IOException {
    compare(
        node,
        what,
        where,
        apart,
        "risk-together",
        risk(node, "risk-together", form, rowsEach, width),
        risk(node, other, form, rowsEach, width),
        LEAST);
  }

  private void compare(
      ModelNode node,
      String what,
      String where,
      String apart,
      String model,
      Requests together,
      Requests alone,
      double least) {
    int clients = setting.clients();
    if (setting.warmUpSeconds() > 0) {
      generator.run(together, node.port(), clients, setting.warmUpSeconds());
      generator.run(alone, node.port(), clients, setting.warmUpSeconds());
    }
    String labels = "model=\"" + model + "\"";
    double rowsBefore = node.node().metric("inference_batch_rows_sum", labels);
    double runsBefore = node.node().metric("inference_batch_rows_count", labels);
    Turns turns =
        Turns.play(
            setting.rounds(),
            () -> generator.run(together, node.port(), clients, setting.seconds()),
            () -> generator.run(alone, node.port(), clients, setting.seconds()));
    double ran = node.node().metric("inference_batch_rows_sum", labels) - rowsBefore;
    double runs = node.node().metric("inference_batch_rows_count", labels) - runsBefore;
    add(what, where, apart, turns, least, ran / runs);
  }

  private void add(
      String what, String where, String apart, Turns turns, double least, double rowsOfARun) {
    setting.note("%s: %s, %s: %.2f times", PART, what, where, turns.times());
    rows.add(new Row(what, where, apart, turns, least, rowsOfARun));
  }

  private Requests risk(
      ModelNode node, String model, RiskRequests.Form form, int rowsEach, int width)
      throws IOException {
    return new RiskRequests(model, rowsEach, width, 1)
        .write(
            setting.home(PART).resolve("requests-" + model + "-" + form + "-" + rowsEach),
            form,
            node.port(),
            node.administrator().token());
  }

  private Requests texts(ModelNode node, String model, int tokens) throws IOException {
    return EmbeddingRequests.write(
        setting.home(PART).resolve("requests-" + model + "-" + tokens),
        node.port(),
        node.administrator().token(),
        "",
        model,
        Texts.draw(Embeddings.TEXTS, tokens, tokens));
  }

  private void print() {
    setting.print(
        "%nbatching: %d clients; the same model with batches and without, by turns; generator over"
            + " HTTP: %s%n",
        setting.clients(), generator.version());
    setting.print(
        "| model | called by | apart | together/s | apart/s | times | p99 ms together | p99 ms"
            + " apart | rows of a run |");
    setting.print("|---|---|---|---:|---:|---:|---:|---:|---:|");
    for (Row row : rows) {
      Turns turns = row.turns;
      setting.print(
          "| %s | %s | %s | %.0f | %.0f | %.2f | %.2f | %.2f | %s |",
          row.model,
          row.where,
          row.apart,
          Medians.of(turns.some(), Load::perSecond),
          Medians.of(turns.others(), Load::perSecond),
          turns.times(),
          Medians.of(turns.some(), Load::p99Millis),
          Medians.of(turns.others(), Load::p99Millis),
          Double.isNaN(row.rowsOfARun) ? "" : "%.1f".formatted(row.rowsOfARun));
    }
    setting.print(
        "%nONNX Runtime alone, on one thread: µs of a text when so many are run together%n");
    setting.print(
        "| tokens | %s |", String.join(" | ", TOGETHER.stream().map(String::valueOf).toList()));
    setting.print("|---:|%s", "---:|".repeat(TOGETHER.size()));
    alone.forEach(row -> setting.print("%s", row));
    setting.print("");
  }

  private void check() {
    setting.checks().heading();
    for (Row row : rows) {
      String what = row.model + ", " + row.where;
      setting.checks().atLeast(what, row.turns.times(), row.least, "x " + row.apart);
      setting
          .checks()
          .atMost(what + ": p99", row.turns.p99Percent(), MOST_P99_PERCENT, "% of " + row.apart);
      setting.checks().atMost(what + ": failed", row.turns.failed(), 0, "");
    }
  }
}
