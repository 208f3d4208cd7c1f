package dev.starling.inference.engine;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.ModelConfig.Pipeline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** An engine with what tests of it share. */
final class TestEngine implements AutoCloseable {
  // The process loads native code once, from wherever the first engine keeps it.
  private static final Path NATIVE = Path.of("target", "native");
  private static final TraceContext TRACE = TraceContext.start(new SplittableRandom(1));

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Model> models = new ArrayList<>();
  final RecordedSpans spans = new RecordedSpans();
  private final Engine engine = new Engine(NATIVE, meters, spans, System::nanoTime);

  /** It is closed with the engine, unless the test has done that. */
  Model load(Path directory, ModelConfig config) throws ModelException {
    Model model = engine.load(directory, "m", "3", config);
    models.add(model);
    return model;
  }

  @Override
  public void close() throws Exception {
    for (Model model : models) {
      await(model.close());
    }
    engine.close();
  }

  static ModelConfig config() {
    return config(Batching.AUTO, 8, 2, new Pipeline(List.of(), List.of()));
  }

  static ModelConfig config(Batching batching) {
    return config(batching, 8, 2, new Pipeline(List.of(), List.of()));
  }

  static ModelConfig config(Batching batching, int maxBatch, int instances, Pipeline pipeline) {
    return config(batching, maxBatch, Duration.ZERO, instances, pipeline);
  }

  static ModelConfig config(
      Batching batching, int maxBatch, Duration maxDelay, int instances, Pipeline pipeline) {
    return new ModelConfig(
        List.of(),
        List.of(),
        maxBatch,
        maxDelay,
        batching,
        instances,
        1,
        64,
        0,
        pipeline,
        1,
        new Latest(1));
  }

  static CallContext call() {
    return CallContext.expiringAt(System.nanoTime() + TimeUnit.MINUTES.toNanos(1), TRACE);
  }

  static CallContext expiredCall() {
    return CallContext.expiringAt(System.nanoTime() - 1, TRACE);
  }

  static Infer infer(Tensor... inputs) {
    return new Infer("", List.of(inputs), List.of());
  }

  static Tensor floats(String name, List<Long> shape, float... values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return new Tensor(name, DataType.FP32, shape, data.array());
  }

  static Tensor longs(String name, List<Long> shape, long... values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      data.putLong(value);
    }
    return new Tensor(name, DataType.INT64, shape, data.array());
  }

  static Tensor texts(String name, String... texts) {
    List<byte[]> elements =
        Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    return new Tensor(
        name, DataType.BYTES, List.of((long) texts.length), BytesElements.join(elements));
  }

  static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.data().length / Float.BYTES];
    ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static Tensor output(Future<Inference> answer) throws Exception {
    return ((Inferred) await(answer)).outputs().get(0);
  }

  static ErrorCode failure(Future<Inference> answer) throws Exception {
    await(answer.transform(done -> Future.succeededFuture()));
    return ((BusException) answer.cause()).code();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
