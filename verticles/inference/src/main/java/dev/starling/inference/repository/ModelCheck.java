package dev.starling.inference.repository;

import dev.starling.inference.InferenceConfig;
import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.trial.ChildTrial;
import dev.starling.inference.trial.Trial;
import dev.starling.inference.vetting.Limits;
import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what a node would say to a model's directory, without a node. Blocks; without state. */
public final class ModelCheck {
  private ModelCheck() {}

  /**
   * What is to be said of a version.
   *
   * @param objection why no node would serve it; empty when it may be loaded
   */
  public record Verdict(String version, Optional<String> objection) {}

  /**
   * Looks through every version of a model and tries it out.
   *
   * @param directory of the model, with its versions in it
   * @return in ascending order of versions
   * @throws ConfigException when the directory is none of a model
   */
  public static List<Verdict> check(Path directory, InferenceConfig config)
      throws IOException, InterruptedException {
    Path model = directory.toAbsolutePath().normalize();
    Path root = model.getParent();
    Path name = model.getFileName();
    if (root == null || name == null || !Files.isDirectory(model)) {
      throw new ConfigException(directory + ": (expected: the directory of a model)");
    }
    Look look =
        new Directories(List.of(root), Runtime.getRuntime().availableProcessors())
            .look(name.toString());
    if (look instanceof Look.Unusable unusable) {
      throw new ConfigException(unusable.reason());
    }
    if (!(look instanceof Look.Present present) || present.model().versions().isEmpty()) {
      throw new ConfigException(directory + ": no version (expected: e.g. 1/model.onnx)");
    }
    List<Verdict> verdicts = new ArrayList<>();
    try (Trial trial = new ChildTrial(config.trial())) {
      Examination examination =
          new Examination(Limits.of(config.maxFileBytes()), ShippedModels.none(), trial);
      for (VersionDirectory version : present.model().versions()) {
        verdicts.add(
            0,
            new Verdict(
                version.version(),
                examination.objection(present.model().name(), version, present.model().config())));
      }
    }
    return verdicts;
  }
}
