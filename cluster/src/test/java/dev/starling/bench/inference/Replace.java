package dev.starling.bench.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.io.IOException;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * A model that is replaced again and again while clients call it: a version's directory appears,
 * the model is loaded, the version before is taken away.
 */
final class Replace implements Part.Play {
  private static final String PART = "replace";
  private static final String MODEL = "risk";
  private static final long LONGEST_MILLIS = 600_000;

  private final Setting setting;

  Replace(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Optional<String> play() throws IOException {
    try (ModelNode node =
        ModelNode.start(setting, PART, models -> models.risk(MODEL, "max-batch: 512"), MODEL)) {
      Requests requests =
          new RiskRequests(MODEL, 1, node.administrator().width(MODEL), 1)
              .write(
                  setting.home(PART).resolve("requests"),
                  RiskRequests.Form.BINARY,
                  node.port(),
                  node.administrator().token());
      try (OpenLoop<ModelCalls> load =
          ModelCalls.against(node.port(), requests, setting.clients())) {
        load.ask(calls -> calls.come(setting.clients()));
        Pause.millis(1_000L * setting.warmUpSeconds());
        load.ask(ModelCalls::take);
        long began = System.nanoTime();
        Histogram millis = new Histogram(LONGEST_MILLIS, 3);
        int replaced = replace(node, millis);
        double seconds = (System.nanoTime() - began) / 1e9;
        load.ask(ModelCalls::leave);
        node.node().await("without clients", () -> load.ask(ModelCalls::isEmpty));
        report(node, load.ask(ModelCalls::take), millis, replaced, seconds);
      }
    }
    return Optional.empty();
  }

  private int replace(ModelNode node, Histogram millis) throws IOException {
    ModelDirectories models = node.models(setting, PART);
    int replaced = 0;
    for (int number = 2; number <= setting.replacements() + 1; number++) {
      models.riskVersion(MODEL, number);
      Administrator.Answer answer = node.administrator().load(MODEL);
      millis.recordValue(Math.min(LONGEST_MILLIS, Math.round(answer.millis())));
      if (answer.status() == 200) {
        replaced++;
        ModelDirectories.remove(models.version(MODEL, number - 1));
      } else {
        setting.note("%s: version %d: %d %s", PART, number, answer.status(), answer.body());
      }
    }
    return replaced;
  }

  private void report(
      ModelNode node, Outcomes outcomes, Histogram millis, int replaced, double seconds) {
    setting.print(
        "%nreplace: the risk model, %d clients%n%n"
            + "| replaced | in s | load ms, p50 | most | requests | /s | p99 ms | slowest | failed |%n"
            + "|---:|---:|---:|---:|---:|---:|---:|---:|---:|%n"
            + "| %d | %.0f | %d | %d | %d | %.0f | %.1f | %.1f | %d |%n",
        setting.clients(),
        replaced,
        seconds,
        millis.getValueAtPercentile(50),
        millis.getMaxValue(),
        outcomes.offered(),
        outcomes.offered() / seconds,
        outcomes.millis(99),
        outcomes.slowestMillis(),
        outcomes.failed());
    if (outcomes.failed() > 0) {
      setting.print("failed, by status (0 for no answer): %s%n", outcomes.failures());
    }
    setting.checks().heading();
    setting.checks().atMost("failed requests", outcomes.failed(), 0, "");
    setting.checks().atLeast("requests", outcomes.succeeded(), setting.clients(), "");
    setting.checks().atLeast("replacements", replaced, setting.replacements(), "");
    setting.checks().atLeast("version that serves", newest(node), setting.replacements() + 1, "");
  }

  private static double newest(ModelNode node) {
    JsonNode versions = node.administrator().get("/v2/models/" + MODEL).json().path("versions");
    double newest = 0;
    for (JsonNode version : versions) {
      newest = Math.max(newest, Double.parseDouble(version.asText()));
    }
    return newest;
  }
}
