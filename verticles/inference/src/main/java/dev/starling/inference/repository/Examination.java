package dev.starling.inference.repository;

import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.trial.Trial;
import dev.starling.inference.trial.TrialOutcome;
import dev.starling.inference.vetting.Limits;
import dev.starling.inference.vetting.OnnxVetting;
import dev.starling.inference.vetting.Vetting;
import dev.starling.inference.vetting.Vetting.Declared;
import dev.starling.inference.vetting.Vetting.Rejected;
import dev.starling.inference.vetting.Vetting.Vetted;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a version may be loaded: its file is looked through, held against its
 * configuration, and, unless somebody has vouched for it, tried out. Thread-safe; blocks.
 */
final class Examination {
  private final Limits limits;
  private final ShippedModels shipped;
  private final Trial trial;

  Examination(Limits limits, ShippedModels shipped, Trial trial) {
    this.limits = limits;
    this.shipped = shipped;
    this.trial = trial;
  }

  /**
   * Why it may not be loaded; empty when it may.
   *
   * @throws IOException when the file cannot be read or no trial can be made
   */
  Optional<String> objection(String model, VersionDirectory version, ModelConfig config)
      throws IOException, InterruptedException {
    Vetting vetting = OnnxVetting.vet(version.file(), limits);
    if (vetting instanceof Rejected rejected) {
      return Optional.of(rejected.reason());
    }
    Expectations.Met met = Expectations.compare((Vetted) vetting, config);
    if (met.objection().isPresent()) {
      return met.objection();
    }
    if (shipped.trusts(model, version.version(), version.directory())) {
      return Optional.empty();
    }
    TrialOutcome outcome =
        trial.run(
            version.file(),
            met.inputs(),
            ((Vetted) vetting).outputs().stream().map(Declared::name).toList());
    return outcome instanceof TrialOutcome.Failed failed
        ? Optional.of("the trial failed: " + failed.reason())
        : Optional.empty();
  }

  /** What {@code config.yaml} says of a graph, held against what the graph says. */
  private static final class Expectations {
    private record Met(List<Declared> inputs, Optional<String> objection) {}

    static Met compare(Vetted graph, ModelConfig config) {
      Optional<String> objection =
          objection("input", config.inputs(), graph.inputs())
              .or(() -> objection("output", config.outputs(), graph.outputs()));
      return new Met(
          graph.inputs().stream().map(input -> narrowed(input, config.inputs())).toList(),
          objection);
    }

    private static Optional<String> objection(
        String end, List<TensorRecord> expected, List<Declared> declared) {
      List<String> names = declared.stream().map(Declared::name).toList();
      for (TensorRecord one : expected) {
        Optional<Declared> match =
            declared.stream().filter(other -> other.name().equals(one.name())).findFirst();
        if (match.isEmpty()) {
          return Optional.of(
              end
                  + " '"
                  + one.name()
                  + "' of config.yaml: not in the file (expected one of: "
                  + String.join(", ", names)
                  + ")");
        }
        if (!fits(one, match.get())) {
          return Optional.of(
              end
                  + " '"
                  + one.name()
                  + "' of config.yaml: "
                  + one.type()
                  + " "
                  + one.shape()
                  + " (expected: "
                  + match.get().type()
                  + " "
                  + match.get().shape()
                  + ")");
        }
      }
      List<String> configured = expected.stream().map(TensorRecord::name).toList();
      for (Declared one : declared) {
        if (!expected.isEmpty() && !configured.contains(one.name())) {
          return Optional.of(
              end
                  + " '"
                  + one.name()
                  + "' of the file: not in config.yaml (expected: all or none)");
        }
        if (expected.isEmpty() && one.shape() == null) {
          return Optional.of(
              end
                  + " '"
                  + one.name()
                  + "' of the file: without a shape (expected: one in"
                  + " config.yaml)");
        }
      }
      return Optional.empty();
    }

    /** The configuration may say more of a dimension than the file, and nothing else. */
    private static boolean fits(TensorRecord expected, Declared declared) {
      List<Long> shape = declared.shape();
      if (expected.type() != declared.type()) {
        return false;
      }
      if (shape == null) {
        return true;
      }
      boolean fits = shape.size() == expected.shape().size();
      for (int i = 0; fits && i < shape.size(); i++) {
        fits = shape.get(i) == -1 || shape.get(i).equals(expected.shape().get(i));
      }
      return fits;
    }

    private static Declared narrowed(Declared input, List<TensorRecord> expected) {
      return expected.stream()
          .filter(one -> one.name().equals(input.name()))
          .findFirst()
          .map(one -> new Declared(input.name(), input.type(), one.shape()))
          .orElse(input);
    }
  }
}
