package dev.starling.inference;

import dev.starling.contract.inference.ModelContract.TensorRecord;
import java.time.Duration;
import java.util.List;

/**
 * What a model's {@code config.yaml} says, defaults included.
 *
 * @param inputs what the graph must take; empty to take what it declares
 * @param outputs what the graph must give; likewise
 * @param maxBatch rows that are run at once, 1 or more
 * @param maxDelay how long a free worker may wait for company; zero for not at all
 * @param batching whether rows of different requests are run together
 * @param instances workers, each with a session; 1 or more
 * @param threads of each session, for the operators inside; 1 or more
 * @param maxQueue rows that may wait; one more is {@code OVERLOADED}
 * @param priority raises or lowers all its calls when several models want the same cores: 0 is
 *     usual
 * @param pipeline what is done before and after the graph
 * @param warmUp runs before a version serves, 1 or more
 * @param versionPolicy which versions are served
 */
public record ModelConfig(
    List<TensorRecord> inputs,
    List<TensorRecord> outputs,
    int maxBatch,
    Duration maxDelay,
    Batching batching,
    int instances,
    int threads,
    int maxQueue,
    int priority,
    Pipeline pipeline,
    int warmUp,
    VersionPolicy versionPolicy) {

  /** Whether rows of different requests are run together. */
  public enum Batching {
    /** When probes show that batch mates do not change outputs. */
    AUTO,
    ALWAYS,
    NEVER
  }

  /** The steps around the graph, in their order; empty for none. */
  public record Pipeline(List<Step> before, List<Step> after) {}

  /** One step. */
  public sealed interface Step {}

  /**
   * Turns the BYTES input {@code input} into the ids, mask and types that the graph takes.
   *
   * @param file beside {@code model.onnx}, e.g. {@code tokenizer.json}
   * @param maxTokens longer texts are cut off there
   */
  public record Tokenizer(String input, String file, int maxTokens) implements Step {}

  /** Averages the tokens' vectors of {@code from} by the mask, and names them {@code to}. */
  public record MeanPooling(String from, String to) implements Step {}

  /** Adds an output, INT32 with one number for each text: how many tokens it has. */
  public record TokenCount(String to) implements Step {}

  /** Makes each vector of an output as long as 1. */
  public record Normalize(String output) implements Step {}

  /** Which versions of a model are served. */
  public sealed interface VersionPolicy {}

  /** The newest, so many. */
  public record Latest(int count) implements VersionPolicy {}

  public record All() implements VersionPolicy {}

  public record Specific(List<String> versions) implements VersionPolicy {}
}
