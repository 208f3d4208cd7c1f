package dev.starling.bench.inference;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.InferenceVerticle;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.engine.Engine;
import dev.starling.inference.engine.Model;
import dev.starling.inference.engine.ModelException;
import dev.starling.load.Pause;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Spans;
import dev.starling.testkit.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The risk model in this process, called without HTTP: by its engine alone, and over the bus. */
final class InProcess {
  private static final TraceContext TRACE = TraceContext.start(new SplittableRandom(1));
  private static final int REQUESTS = 1_000;
  private static final int MAX_QUEUE = 1_024;
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private InProcess() {}

  /** What of two ways to run a model is compared: rows of different requests together, or not. */
  record Ways(int together, int oneByOne) {}

  /**
   * Calls two models that differ in how many rows are run at once, without a bus.
   *
   * @param version with {@code model.onnx}
   */
  static Turns engine(Setting setting, Path version, Ways ways) {
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    try (Engine engine =
        new Engine(
            setting.home("in-process").resolve("native"),
            new SimpleMeterRegistry(),
            Spans.NONE,
            System::nanoTime)) {
      Model together = engine.load(version, "together", "1", config(ways.together));
      Model oneByOne = engine.load(version, "one-by-one", "1", config(ways.oneByOne));
      List<Infer> requests = requests(together.inputs().get(0).shape().get(1).intValue());
      Turns turns =
          play(
              setting,
              seconds ->
                  Crowd.run(
                      context,
                      requests,
                      infer -> together.infer(infer, call()),
                      setting.clients(),
                      seconds),
              seconds ->
                  Crowd.run(
                      context,
                      requests,
                      infer -> oneByOne.infer(infer, call()),
                      setting.clients(),
                      seconds));
      TestNode.await(together.close());
      TestNode.await(oneByOne.close());
      return turns;
    } catch (ModelException e) {
      throw new IllegalStateException(e);
    } finally {
      TestNode.await(vertx.close());
    }
  }

  /**
   * Calls two models of one node over its bus, from a service on the loop that serves them.
   *
   * @param dataDirectory with a repository that has both
   * @param width how many numbers a row has
   */
  static Turns bus(
      Setting setting, Path dataDirectory, String together, String oneByOne, int width) {
    List<Infer> requests = requests(width);
    try (TestNode node = new TestNode(dataDirectory)) {
      node.settings().putObject("inference").put("shipped", false);
      Caller caller = new Caller();
      node.deploy(new InferenceVerticle(), caller);
      caller.awaitServed(together, requests.get(0));
      caller.awaitServed(oneByOne, requests.get(0));
      return play(
          setting,
          seconds -> caller.run(together, requests, setting.clients(), seconds),
          seconds -> caller.run(oneByOne, requests, setting.clients(), seconds));
    }
  }

  private interface Round {
    Load run(int seconds);
  }

  private static Turns play(Setting setting, Round together, Round oneByOne) {
    if (setting.warmUpSeconds() > 0) {
      together.run(setting.warmUpSeconds());
      oneByOne.run(setting.warmUpSeconds());
    }
    return Turns.play(
        setting.rounds(),
        () -> together.run(setting.seconds()),
        () -> oneByOne.run(setting.seconds()));
  }

  /** A service that does nothing but call models. */
  private static final class Caller extends ServiceVerticle {
    @Override
    public String name() {
      return "caller";
    }

    @Override
    protected Future<?> open() {
      return Future.succeededFuture();
    }

    Load run(String model, List<Infer> requests, int callers, int seconds) {
      Bus bus = bus();
      return Crowd.run(
          context,
          requests,
          infer -> bus.call(InferenceContract.infer(model), infer, call()),
          callers,
          seconds);
    }

    void awaitServed(String model, Infer request) {
      long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
      while (run(model, List.of(request), 1, 0).done() == 0) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException(model + " is not served");
        }
        Pause.millis(100);
      }
    }
  }

  private static CallContext call() {
    return CallContext.expiringAt(System.nanoTime() + DEADLINE_NANOS, TRACE);
  }

  private static List<Infer> requests(int width) {
    SplittableRandom random = new SplittableRandom(1);
    RiskRequests risk = new RiskRequests("", 1, width, 1);
    List<Infer> all = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      byte[] row = RiskRequests.bytes(risk.features(random));
      Tensor tensor = new Tensor("features", DataType.FP32, List.of(1L, (long) width), row);
      all.add(new Infer("", List.of(tensor), List.of()));
    }
    return all;
  }

  /** Everything but the batch is what a configuration that says nothing makes of it. */
  private static ModelConfig config(int maxBatch) {
    return new ModelConfig(
        List.of(),
        List.of(),
        maxBatch,
        Duration.ZERO,
        ModelConfig.Batching.AUTO,
        Math.max(1, Setting.cores() / 2),
        1,
        MAX_QUEUE,
        0,
        new ModelConfig.Pipeline(List.of(), List.of()),
        1,
        new ModelConfig.Latest(1));
  }
}
