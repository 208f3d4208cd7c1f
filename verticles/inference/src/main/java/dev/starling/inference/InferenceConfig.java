package dev.starling.inference;

import dev.starling.inference.trial.TrialConfig;
import dev.starling.sdk.Bounds;
import java.time.Duration;
import java.util.List;

/**
 * The section {@code inference} of a node's configuration. Immutable.
 *
 * @param repositories directories of models besides the node's own, which are only read
 * @param watch how often directories are looked at for changes; zero waits to be told
 * @param shipped whether the models that jars bring along are put into the node's own directory
 * @param startWait how long the node waits for its models before it is ready without them
 * @param maxModels versions that are served at once
 * @param maxFileBytes the largest {@code model.onnx}
 * @param maxRequestBytes the largest request that comes in pieces
 * @param trial how much trying a file out may take
 */
public record InferenceConfig(
    List<String> repositories,
    Duration watch,
    boolean shipped,
    Duration startWait,
    int maxModels,
    int maxFileBytes,
    int maxRequestBytes,
    TrialConfig trial) {
  public InferenceConfig {
    repositories = List.copyOf(repositories);
    if (!watch.isZero()) {
      Bounds.within("watch", watch, Duration.ofSeconds(1), Duration.ofDays(1));
    }
    Bounds.within("start-wait", startWait, Duration.ZERO, Duration.ofMinutes(10));
    Bounds.within("max-models", maxModels, 1, 10_000);
    Bounds.within("max-file-bytes", maxFileBytes, 1, Integer.MAX_VALUE);
    Bounds.within("max-request-bytes", maxRequestBytes, 1024, 1 << 30);
  }

  public static InferenceConfig defaults() {
    return new InferenceConfig(
        List.of(),
        Duration.ZERO,
        true,
        Duration.ofSeconds(5),
        64,
        Integer.MAX_VALUE,
        64 << 20,
        TrialConfig.defaults());
  }
}
