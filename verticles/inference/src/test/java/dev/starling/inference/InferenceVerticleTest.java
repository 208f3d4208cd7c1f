package dev.starling.inference;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Load;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.contract.inference.ModelContract.Unload;
import dev.starling.inference.repository.RecordedModel;
import dev.starling.testkit.TestNode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verticle on a real bus, with models that a test holds in its hand. */
@Timeout(120)
class InferenceVerticleTest {
  private static final int REPLACEMENTS = 5;

  @TempDir Path directory;
  private final Map<String, RecordedModel> loaded = new ConcurrentHashMap<>();
  private TestNode node;

  @BeforeEach
  void start() {
    node = new TestNode(directory);
    node.settings().putObject("inference").put("shipped", false);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void start_modelsThere_areServedByEveryInstance() throws IOException {
    write("m", "1");

    deploy();
    deploy();

    assertThat(counts()).containsEntry("inference", 2).containsEntry("model.m", 2);
    assertThat(infer("m", "")).isEqualTo(new Inferred("1", List.of()));
    assertThat(loaded).as("once for the node").hasSize(1);
  }

  @Test
  void model_loadedAndUnloadedLater_comesAndGoes() throws IOException {
    deploy();
    assertThatThrownBy(() -> infer("m", ""))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    write("m", "1");

    assertThat(load("m")).isEqualTo(new Changed(Outcome.DONE, ""));
    assertThat(offered("model.m")).isTrue();
    assertThat(infer("m", "")).isEqualTo(new Inferred("1", List.of()));

    assertThat(node.call(ModelContract.unload("test"), new Unload("m"), node.anonymous()))
        .isEqualTo(new Changed(Outcome.DONE, ""));
    assertThat(offered("model.m")).isFalse();

    assertThat(load("m").outcome()).isEqualTo(Outcome.DONE);
    assertThat(infer("m", "")).isEqualTo(new Inferred("1", List.of()));
  }

  @Test
  void model_thatIsNotThere_isAbsent() {
    deploy();

    assertThat(load("m").outcome()).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void version_thatIsNotServed_isNotHere() throws IOException {
    write("m", "2");
    deploy();

    assertThat(infer("m", "1"))
        .isEqualTo(new Refused(Reason.NOT_HERE, "m: version 1 (expected one of: 2)"));
  }

  @Test
  void change_anywhere_isToldOnce() throws Exception {
    BlockingQueue<NodeModels> told = new LinkedBlockingQueue<>();
    await(node.onCaller(bus -> bus.subscribe(ModelContract.MODELS, told::add)));
    deploy();
    deploy();
    write("m", "1");
    load("m");

    NodeModels last = told.take();
    while (last.models().isEmpty() || last.models().get(0).state() != State.READY) {
      last = told.take();
    }

    assertThat(last.nodeId()).isEqualTo("test");
    assertThat(last.models())
        .singleElement()
        .satisfies(
            model -> {
              assertThat(model.name()).isEqualTo("m");
              assertThat(model.version()).isEqualTo("1");
              assertThat(model.preferred()).isTrue();
            });
  }

  @Test
  void node_asked_saysWhatItHas() throws IOException {
    write("plus", "2");
    deploy();

    NodeModels models =
        node.call(ModelContract.models("test"), new ModelContract.Ask(), node.anonymous());

    assertThat(models.nodeId()).isEqualTo("test");
    assertThat(models.models())
        .extracting(ModelContract.ModelRecord::name, ModelContract.ModelRecord::version)
        .containsExactly(tuple("plus", "2"));
  }

  @Test
  void quietNode_tellsAgain() throws Exception {
    BlockingQueue<NodeModels> told = new LinkedBlockingQueue<>();
    deploy();
    await(node.onCaller(bus -> bus.subscribe(ModelContract.MODELS, told::add)));

    assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(new NodeModels("test", List.of()));
  }

  @Test
  void versions_replacedUnderCalls_failNone() throws IOException {
    write("m", "1");
    deploy();
    deploy();
    Calls calls = new Calls();
    List<Future<Void>> callers = List.of(calls.begin(), calls.begin(), calls.begin());

    for (int version = 2; version <= 1 + REPLACEMENTS; version++) {
      write("m", "" + version);
      assertThat(load("m").outcome()).isEqualTo(Outcome.DONE);
      // Somebody has been answered by it.
      await(calls.answeredBy("" + version));
    }
    calls.over = true;
    callers.forEach(TestNode::await);

    assertThat(calls.failures).isEmpty();
    assertThat(calls.versions).hasSize(1 + REPLACEMENTS);
    assertThat(loaded.get("m:1").isDraining()).isTrue();
  }

  @Test
  void stop_lastInstance_offersNothing() throws IOException {
    write("m", "1");
    String deployment = deploy();

    node.undeploy(deployment);
    assertThat(counts()).doesNotContainKey("model.m");

    deploy();
    assertThat(infer("m", "")).isEqualTo(new Inferred("1", List.of()));
  }

  @Test
  void repository_thatIsNoDirectory_keepsTheNodeFromStarting() {
    node.settings()
        .withObject("/inference")
        .putArray("repositories")
        .add(directory.resolve("absent").toString());

    assertThatThrownBy(this::deploy).hasMessageContaining("expected: a readable directory");
  }

  /** Callers that call again as soon as they have their answer. */
  private final class Calls {
    final List<String> failures = new CopyOnWriteArrayList<>();
    final SortedSet<String> versions = new ConcurrentSkipListSet<>();
    final Map<String, Promise<Void>> waiting = new ConcurrentHashMap<>();
    volatile boolean over;

    /** Completes after the answer that comes when it is over. */
    Future<Void> begin() {
      Promise<Void> ended = Promise.promise();
      call(ended);
      return ended.future();
    }

    /** Completes when a version has answered somebody. */
    Future<Void> answeredBy(String version) {
      Promise<Void> answered = Promise.promise();
      waiting.put(version, answered);
      if (versions.contains(version)) {
        answered.tryComplete();
      }
      return answered.future();
    }

    private void call(Promise<Void> ended) {
      node.onCaller(bus -> bus.call(InferenceContract.infer("m"), request(""), node.anonymous()))
          .onComplete(
              result -> {
                take(result);
                if (over) {
                  ended.complete();
                } else {
                  call(ended);
                }
              });
    }

    private void take(AsyncResult<Inference> result) {
      if (result.succeeded() && result.result() instanceof Inferred inferred) {
        versions.add(inferred.version());
        Promise<Void> answered = waiting.get(inferred.version());
        if (answered != null) {
          answered.tryComplete();
        }
      } else {
        failures.add(result.succeeded() ? "" + result.result() : "" + result.cause());
      }
    }
  }

  private String deploy() {
    return node.deploy(
        new InferenceVerticle(
            scope ->
                (folder, name, version, config) -> {
                  RecordedModel model = new RecordedModel(version);
                  loaded.put(name + ":" + version, model);
                  return model;
                }));
  }

  private Changed load(String model) {
    return node.call(ModelContract.load("test"), new Load(model), node.anonymous());
  }

  private Inference infer(String model, String version) {
    return node.call(InferenceContract.infer(model), request(version), node.anonymous());
  }

  private static Infer request(String version) {
    return new Infer(version, List.of(), List.of());
  }

  private Map<String, Integer> counts() {
    return node.busNode().localInstances().counts();
  }

  /** Whether the bus has it, once the instances have heard of the change. */
  private boolean offered(String service) {
    // The instance's context has run what it was told before it answers this.
    node.call(ModelContract.load("test"), new Load("nobody"), node.anonymous());
    return counts().containsKey(service);
  }

  private void write(String name, String version) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("models").resolve(name));
    Path fresh = Files.createDirectories(folder.resolve("." + version));
    Files.write(fresh.resolve("model.onnx"), OnnxProtos.plus(Integer.parseInt(version)));
    Files.move(fresh, folder.resolve(version), StandardCopyOption.ATOMIC_MOVE);
  }
}
