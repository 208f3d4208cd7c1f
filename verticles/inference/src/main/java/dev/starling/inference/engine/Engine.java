package dev.starling.inference.engine;

import dev.starling.inference.ModelConfig;
import dev.starling.inference.pipeline.NativeTokenizers;
import dev.starling.sdk.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Loads models, shares the cores out among them, and has the thread that answers what expires in
 * their queues. Thread-safe.
 *
 * <p>A node has one. Models are closed by those who loaded them, before this is.
 */
public final class Engine implements AutoCloseable {
  // Of one request, whatever fits in a batch: what a thousand texts cost is enough for one caller.
  private static final int MAX_ROWS = 1024;

  private final EngineMeters meters;
  private final Spans spans;
  private final LongSupplier nanoTime;
  private final Cores cores = new Cores(Runtime.getRuntime().availableProcessors());
  private final Vigil vigil;
  private final ScheduledThreadPoolExecutor alarms;

  /**
   * @param nativeDirectory for the native code of tokenizers; made if it is missing, and nobody
   *     else may write there
   * @param spans takes those of sampled traces
   * @param nanoTime the clock of deadlines and spans, {@link System#nanoTime}
   */
  public Engine(Path nativeDirectory, MeterRegistry meters, Spans spans, LongSupplier nanoTime) {
    try {
      NativeTokenizers.keepIn(nativeDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.meters = new EngineMeters(meters);
    this.spans = spans;
    this.nanoTime = nanoTime;
    this.vigil = new Vigil(cores, nanoTime);
    this.alarms =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "starling-model-alarms");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Loads a version, looks whether batch mates matter to it, and warms it up. It blocks for as long
   * as some runs of the model take.
   *
   * @param directory has {@code model.onnx} and what the pipeline names
   * @throws ModelException for whatever keeps the version from being served
   */
  public Model load(Path directory, String name, String version, ModelConfig config)
      throws ModelException {
    Graphs graphs = Graphs.open(directory, config);
    try {
      boolean haveRows = Signature.haveRows(graphs.inputs());
      Stream<List<Input>> probes =
          graphs.isTokenized()
              ? ProbeInputs.texts(graphs.inputs().get(0))
              : ProbeInputs.tensors(graphs.inputs(), haveRows);
      Probe.Finding finding = Probe.look(graphs.graphs().get(0), probes, haveRows);
      long computeNanos = warmUp(graphs, config.warmUp(), finding.sample());
      return serve(graphs, name, version, config, mode(config, finding.kind()), computeNanos);
    } catch (ModelException | RuntimeException e) {
      graphs.close();
      throw e;
    }
  }

  @Override
  public void close() {
    alarms.shutdownNow();
  }

  private Model serve(
      Graphs graphs,
      String name,
      String version,
      ModelConfig config,
      Mode mode,
      long computeNanos) {
    ModelMeters modelMeters = meters.open(name, version);
    ModelSpans modelSpans = new ModelSpans(spans, name, version, nanoTime);
    BatchQueue<Part> queue =
        new BatchQueue<>(
            config.maxQueue(),
            config.maxBatch(),
            mode == Mode.TOGETHER ? config.maxDelay().toNanos() : 0);
    Workers workers =
        new Workers(
            queue,
            nanoTime,
            this::alarm,
            modelMeters,
            modelSpans,
            computeNanos,
            mode == Mode.TOGETHER ? config.maxBatch() : 1,
            () -> {
              meters.close(modelMeters);
              graphs.close();
            });
    workers.start(
        "starling-model-" + name + "-" + version,
        graphs.graphs(),
        cores,
        vigil,
        config.priority(),
        config.threads());
    return new LoadedModel(
        name,
        version,
        graphs,
        mode == Mode.TOGETHER,
        new InputCheck(
            graphs.inputs(),
            graphs.outputs().stream().map(output -> output.name()).toList(),
            mode != Mode.WHOLE,
            maxRows(config, mode, graphs.isTokenized())),
        new Splitter(mode, config.maxBatch(), graphs.inputs(), graphs.isTokenized()),
        workers,
        modelMeters,
        modelSpans,
        nanoTime);
  }

  /** What is run as it is, is run at once; what is cut up must have room in the queue. */
  private static int maxRows(ModelConfig config, Mode mode, boolean tokenized) {
    if (mode == Mode.WHOLE) {
      return tokenized ? config.maxBatch() : Math.max(MAX_ROWS, config.maxBatch());
    }
    return Math.min(config.maxQueue(), Math.max(MAX_ROWS, config.maxBatch()));
  }

  private static Mode mode(ModelConfig config, Probe.Kind kind) throws ModelException {
    return switch (config.batching()) {
      case ALWAYS -> {
        if (kind == Probe.Kind.NONE) {
          throw new ModelException(
              "batching: always (expected: inputs and outputs whose first dimension is the batch)");
        }
        yield Mode.TOGETHER;
      }
      case AUTO -> mode(kind, Mode.TOGETHER);
      case NEVER -> mode(kind, Mode.BY_REQUEST);
    };
  }

  private static Mode mode(Probe.Kind kind, Mode independent) {
    return switch (kind) {
      case INDEPENDENT -> independent;
      case DEPENDENT -> Mode.BY_ROW;
      case NONE -> Mode.WHOLE;
    };
  }

  /** Runs each worker's graph so often, and tells how long the last run took. */
  private long warmUp(Graphs graphs, int runs, Rows sample) throws ModelException {
    long nanos = 0;
    for (Graph graph : graphs.graphs()) {
      for (int i = 0; i < runs; i++) {
        long begun = nanoTime.getAsLong();
        try {
          graph.run(List.of(sample));
        } catch (RunException e) {
          throw new ModelException("warm-up: " + e.getMessage(), e);
        }
        nanos = nanoTime.getAsLong() - begun;
      }
    }
    return nanos;
  }

  private void alarm(long nanos, Runnable task) {
    try {
      var unused = alarms.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The engine is closed, and so are its models.
    }
  }
}
