package dev.starling.cluster;

import dev.starling.inference.InferenceConfig;
import dev.starling.inference.repository.ModelCheck;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code starling models}: looks at models without starting anything. */
@Command(
    name = "models",
    description = "Checks models before a node is given them.",
    mixinStandardHelpOptions = true)
final class ModelsCommand {
  private static final int REFUSED = 1;

  @Spec private CommandSpec spec;

  @Command(
      name = "check",
      description = {
        "Says of each version of a model whether a node would load it: looks through the file, holds",
        "it against config.yaml, and runs it once in a process of its own.",
        "Exit code: 0 when all may be loaded, 1 when one may not, 2 when there is no such model."
      },
      mixinStandardHelpOptions = true)
  int check(
      @Parameters(
              paramLabel = "DIR",
              description = "The model's directory, with versions in it, e.g. data/models/ranker.")
          Path directory,
      @Mixin NodeOptions options)
      throws IOException, InterruptedException {
    InferenceConfig config =
        Settings.bind(
            options.load().tree().path("inference"), InferenceConfig.defaults(), "inference");
    List<ModelCheck.Verdict> verdicts = ModelCheck.check(directory, config);
    PrintWriter out = spec.commandLine().getOut();
    boolean refused = false;
    for (ModelCheck.Verdict verdict : verdicts) {
      refused |= verdict.objection().isPresent();
      out.printf(
          "%s: version %s: %s%n",
          directory,
          verdict.version(),
          verdict.objection().map(reason -> "refused: " + reason).orElse("ok"));
    }
    return refused ? REFUSED : 0;
  }
}
