package dev.starling.bench.inference;

import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Files that must never be loaded, each put into the repository of a node that serves another model
 * meanwhile, and loaded as an operator would.
 */
final class Evil implements Part.Play {
  private static final String PART = "evil";
  private static final String MODEL = "risk";
  private static final String WRITER = "dev.starling.inference.EvilModelFiles";
  private static final String REASON = "reason.txt";
  private static final double CALLS_PER_SECOND = 50;
  private static final double MOST_SECONDS = 2;
  private static final double MOST_ADDED_MILLIS = 10;

  private final Setting setting;

  Evil(Setting setting) {
    this.setting = setting;
  }

  /**
   * What became of a file.
   *
   * @param wrong what is wrong with the answer; empty when it was refused with its reason
   */
  private record Refusal(String file, double seconds, String wrong) {}

  @Override
  public Optional<String> play() throws IOException, InterruptedException {
    if (setting.programs().inference().isEmpty()) {
      return Optional.of("the tests of verticles/inference, which write the files");
    }
    Path files = setting.home(PART).toAbsolutePath().resolve("files");
    Program.run(setting.programs().inference(), List.of(), WRITER, files.toString());
    try (ModelNode node = ModelNode.start(setting, PART, models -> models.risk(MODEL), MODEL)) {
      Requests requests =
          new RiskRequests(MODEL, 1, node.administrator().width(MODEL), 1)
              .write(
                  setting.home(PART).resolve("requests"),
                  RiskRequests.Form.JSON,
                  node.port(),
                  node.administrator().token());
      try (OpenLoop<ModelCalls> load =
          ModelCalls.against(node.port(), requests, setting.clients())) {
        load.start(CALLS_PER_SECOND);
        Pause.millis(1_000L * Math.max(1, setting.warmUpSeconds()));
        load.ask(ModelCalls::take);
        Pause.until(
            System.nanoTime()
                + TimeUnit.SECONDS.toNanos((long) setting.seconds() * setting.rounds()));
        Outcomes calm = load.ask(ModelCalls::take);
        List<Refusal> refusals = loadAll(node, files);
        load.stop();
        report(refusals, calm, load.ask(ModelCalls::take));
      }
    }
    return Optional.empty();
  }

  private List<Refusal> loadAll(ModelNode node, Path files) throws IOException {
    List<Refusal> refusals = new ArrayList<>();
    ModelDirectories models = node.models(setting, PART);
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.sorted().toList()) {
        String name = file.getFileName().toString();
        Path version = models.version(name, 1);
        Files.copy(
            file.resolve("model.onnx"),
            version.resolve("model.onnx"),
            StandardCopyOption.REPLACE_EXISTING);
        Administrator.Answer answer = node.administrator().load(name);
        String wrong = wrong(answer, Files.readString(file.resolve(REASON)).strip());
        refusals.add(new Refusal(name, answer.millis() / 1e3, wrong));
        setting.note("%s: %s: %.2f s: %s", PART, name, answer.millis() / 1e3, answer.body());
        ModelDirectories.remove(models.root().resolve(name));
      }
    }
    return refusals;
  }

  /** It must be called the mistake of who gave the file, and say what the mistake is. */
  private static String wrong(Administrator.Answer answer, String reason) {
    if (answer.status() / 100 != 4) {
      return answer.status() + " (expected: 4xx) " + answer.body();
    }
    String said = answer.body().toLowerCase(Locale.ROOT);
    return said.contains(reason.toLowerCase(Locale.ROOT))
        ? ""
        : answer.body() + " (expected: something with " + reason + ")";
  }

  private void report(List<Refusal> refusals, Outcomes calm, Outcomes meanwhile) {
    double slowest = refusals.stream().mapToDouble(Refusal::seconds).max().orElse(Double.NaN);
    setting.print(
        "%nevil: %d files, each loaded while the risk model answers %.0f calls/s%n%n"
            + "| files | slowest refusal s | p50, p99 ms of the risk model before | meanwhile |"
            + " failed |%n"
            + "|---:|---:|---:|---:|---:|%n"
            + "| %d | %.2f | %.1f, %.1f | %.1f, %.1f | %d |%n",
        refusals.size(),
        CALLS_PER_SECOND,
        refusals.size(),
        slowest,
        calm.millis(50),
        calm.millis(99),
        meanwhile.millis(50),
        meanwhile.millis(99),
        meanwhile.failed());
    List<Refusal> wrong = refusals.stream().filter(each -> !each.wrong.isEmpty()).toList();
    wrong.forEach(each -> setting.print("%s: %s", each.file, each.wrong));
    setting.checks().heading();
    setting.checks().atLeast("files", refusals.size(), 1, "");
    setting.checks().atMost("not refused, or without their reason", wrong.size(), 0, "");
    setting.checks().atMost("slowest refusal", slowest, MOST_SECONDS, "s");
    setting
        .checks()
        .atMost("p99 meanwhile", meanwhile.millis(99), calm.millis(99) + MOST_ADDED_MILLIS, "ms");
    setting.checks().atMost("failed requests", meanwhile.failed() + calm.failed(), 0, "");
  }
}
