package dev.starling.inference.engine;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.pipeline.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version's graph as many times as it has workers, with what it holds of native memory.
 *
 * <p>Workers share one session when it has one thread inside: then it has no pool, runs on its
 * caller's thread and may be run by several at once, and the weights are in memory once. With more
 * threads each worker has a session, since callers would wait for each other in a shared pool.
 */
final class Graphs implements AutoCloseable {
  private static final String MODEL = "model.onnx";

  private final List<OnnxSession> sessions = new ArrayList<>();
  private final List<Graph> graphs = new ArrayList<>();
  private @Nullable TextTokenizer tokenizer;
  private List<TensorRecord> inputs = List.of();
  private List<TensorRecord> outputs = List.of();

  private Graphs() {}

  /** Reads the files of a version. It blocks. */
  static Graphs open(Path directory, ModelConfig config) throws ModelException {
    Graphs graphs = new Graphs();
    try {
      graphs.read(directory, config);
      return graphs;
    } catch (ModelException | RuntimeException e) {
      graphs.close();
      throw e;
    }
  }

  /** One for each worker. */
  List<Graph> graphs() {
    return graphs;
  }

  /** What clients send. */
  List<TensorRecord> inputs() {
    return inputs;
  }

  /** What they get. */
  List<TensorRecord> outputs() {
    return outputs;
  }

  /** Whether clients send text. */
  boolean isTokenized() {
    return tokenizer != null;
  }

  @Override
  public void close() {
    sessions.forEach(OnnxSession::close);
    if (tokenizer != null) {
      tokenizer.close();
    }
  }

  private void read(Path directory, ModelConfig config) throws ModelException {
    Path file = directory.resolve(MODEL);
    if (!Files.isRegularFile(file)) {
      throw new ModelException(MODEL + ": no such file (expected: an ONNX model)");
    }
    int count = config.threads() == 1 ? 1 : config.instances();
    for (int i = 0; i < count; i++) {
      sessions.add(OnnxSession.open(file, config.threads()));
    }
    OnnxSession first = sessions.get(0);
    inputs = Signature.narrowed("inputs", first.inputs(), config.inputs());
    Tokenizer step = tokenizerStep(config.pipeline().before());
    if (step != null) {
      TextGraph.check(inputs);
      tokenizer = tokenizer(directory, step);
      inputs = List.of(new TensorRecord(step.input(), DataType.BYTES, List.of(-1L)));
    }
    List<TensorRecord> given = Signature.narrowed("outputs", first.outputs(), config.outputs());
    AfterSteps after = AfterSteps.of(config.pipeline().after(), given, step != null);
    outputs = after.outputs();
    for (int i = 0; i < config.instances(); i++) {
      OnnxSession session = sessions.get(i % count);
      graphs.add(
          tokenizer == null
              ? new OnnxGraph(session, after)
              : new TextGraph(session, tokenizer, after));
    }
  }

  private static @Nullable Tokenizer tokenizerStep(List<Step> before) throws ModelException {
    if (before.isEmpty()) {
      return null;
    }
    if (before.size() == 1 && before.get(0) instanceof Tokenizer step) {
      return step;
    }
    throw new ModelException("pipeline.before: " + before + " (expected: one tokenizer at most)");
  }

  private static TextTokenizer tokenizer(Path directory, Tokenizer step) throws ModelException {
    if (step.maxTokens() < TextTokenizer.MIN_TOKENS) {
      throw new ModelException(
          "pipeline.before.tokenizer.max-tokens: %d (expected: >= %d)"
              .formatted(step.maxTokens(), TextTokenizer.MIN_TOKENS));
    }
    Path file = directory.resolve(step.file()).normalize();
    if (!directory.normalize().equals(file.getParent()) || !Files.isRegularFile(file)) {
      throw new ModelException(
          "pipeline.before.tokenizer.file: %s (expected: a file beside %s)"
              .formatted(step.file(), MODEL));
    }
    try {
      return TextTokenizer.open(file, step.maxTokens());
    } catch (IOException e) {
      throw new ModelException(step.file() + ": " + e.getMessage(), e);
    }
  }
}
