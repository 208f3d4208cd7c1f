package dev.starling.inference.repository;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.inference.InferenceConfig;
import dev.starling.inference.OnnxProtos;
import dev.starling.inference.engine.Model;
import dev.starling.inference.trial.Trial;
import dev.starling.inference.trial.TrialConfig;
import dev.starling.inference.trial.TrialOutcome;
import dev.starling.inference.vetting.Vetting.Declared;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The repository with real files, and trials and models that a test holds in its hand. */
@Timeout(120)
class ModelRepositoryTest {
  @TempDir Path directory;
  private final Map<String, RecordedModel> loaded = new ConcurrentHashMap<>();
  private final AtomicInteger loads = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HeldTrial trial = new HeldTrial();
  private Path root;
  private ModelRepository repository;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(directory.resolve("models"));
    repository = open(64);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  /** Fails what the test has named. */
  private final class HeldTrial implements Trial {
    private final Set<Path> failing = ConcurrentHashMap.newKeySet();

    @Override
    public TrialOutcome run(Path file, List<Declared> inputs, Collection<String> outputs) {
      return failing.contains(root.relativize(file))
          ? new TrialOutcome.Failed("it fell over")
          : new TrialOutcome.Passed();
    }

    @Override
    public void close() {}
  }

  private ModelRepository open(int maxModels) {
    InferenceConfig config =
        new InferenceConfig(
            List.of(),
            Duration.ZERO,
            false,
            Duration.ZERO,
            maxModels,
            1 << 20,
            1 << 20,
            TrialConfig.defaults());
    return new ModelRepository(config, root, ShippedModels.none(), trial, this::load, meters, 1);
  }

  private Model load(Path folder, String name, String version, Object config) throws Exception {
    if (Files.exists(folder.resolve("broken"))) {
      throw new IOException("it does not warm up");
    }
    loads.incrementAndGet();
    RecordedModel model = new RecordedModel(version);
    loaded.put(name + ":" + version, model);
    return model;
  }

  @Test
  void model_loaded_isServedAndTold() throws IOException {
    write("m", "1", OnnxProtos.plus(1));

    assertThat(await(repository.load("m"))).isEqualTo(new Changed(Outcome.DONE, ""));

    assertThat(repository.served().find("m", "")).contains(loaded.get("m:1"));
    assertThat(repository.served().find("m", "1")).contains(loaded.get("m:1"));
    assertThat(repository.served().find("m", "2")).isEmpty();
    assertThat(repository.served().records())
        .containsExactly(
            new ModelRecord(
                "m", "1", State.READY, true, "", "onnxruntime_onnx", List.of(), List.of()));
    assertThat(meters.get("inference.models.ready").gauge().value()).isEqualTo(1);
  }

  @Test
  void model_absentOrMisnamed_isSaidToBe() {
    assertThat(await(repository.load("m")).outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(await(repository.unload("m")).outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(await(repository.load("../m")).outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void version_newer_isWarmBeforeTheOldOneDrains() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));
    RecordedModel old = loaded.get("m:1").hold();
    Future<Inference> underWay = infer("");
    write("m", "2", OnnxProtos.plus(2));

    assertThat(await(repository.load("m")).outcome()).isEqualTo(Outcome.DONE);

    assertThat(((Inferred) await(infer(""))).version()).isEqualTo("2");
    assertThat(states()).containsEntry("1", State.UNLOADING).containsEntry("2", State.READY);
    assertThat(underWay.isComplete()).isFalse();

    old.answer();
    assertThat(((Inferred) await(underWay)).version()).isEqualTo("1");
    assertThat(states()).containsEntry("1", State.UNAVAILABLE);
  }

  @Test
  void version_evil_changesNothingThatServes() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));
    write("m", "2", OnnxProtos.plus(2));
    trial.failing.add(Path.of("m/2/model.onnx"));

    Changed changed = await(repository.load("m"));

    assertThat(changed.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(changed.detail()).isEqualTo("version 2: the trial failed: it fell over");
    assertThat(((Inferred) await(infer(""))).version()).isEqualTo("1");
    assertThat(repository.served().records().get(1).reason()).contains("the trial failed");
    assertThat(meters.get("inference.models.refused").tag("by", "examination").counter().count())
        .isEqualTo(1);
  }

  @Test
  void version_thatTheEngineRefuses_changesNothingThatServes() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));
    write("m", "2", OnnxProtos.plus(2));
    Files.createFile(root.resolve("m/2/broken"));

    Changed changed = await(repository.load("m"));

    assertThat(changed)
        .isEqualTo(
            new Changed(Outcome.REFUSED, "version 2: cannot be loaded: it does not warm up"));
    assertThat(((Inferred) await(infer(""))).version()).isEqualTo("1");
  }

  @Test
  void config_withOtherNames_isRefused() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    Files.writeString(
        root.resolve("m/config.yaml"), "inputs: [ { name: z, type: fp32, shape: [-1, 4] } ]");

    assertThat(await(repository.load("m")).detail())
        .contains("input 'z' of config.yaml: not in the file (expected one of: x)");

    Files.writeString(
        root.resolve("m/config.yaml"), "outputs: [ { name: y, type: fp32, shape: [-1, 5] } ]");
    assertThat(await(repository.load("m")).detail())
        .contains("output 'y' of config.yaml: FP32 [-1, 5] (expected: FP32 [-1, 4])");
  }

  @Test
  void unload_completesWhenThoseWhoWaitedHaveTheirAnswers() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));
    RecordedModel model = loaded.get("m:1").hold();
    Future<Inference> underWay = infer("");

    Future<Changed> unloaded = repository.unload("m");
    // A later change of another model goes its way.
    await(repository.load("other"));
    assertThat(unloaded.isComplete()).isFalse();
    model.answer();

    assertThat(await(unloaded).outcome()).isEqualTo(Outcome.DONE);
    assertThat(underWay.succeeded()).isTrue();
    assertThat(repository.served().models()).isEmpty();
    assertThat(repository.served().records().get(0).state()).isEqualTo(State.UNAVAILABLE);

    await(repository.loadChanged());
    assertThat(repository.served().models()).as("it was unloaded on request").isEmpty();
    await(repository.load("m"));
    assertThat(repository.served().models()).containsOnlyKeys("m");
  }

  @Test
  void watch_somethingChanged_loadsThatAlone() throws IOException {
    write("a", "1", OnnxProtos.plus(1));
    write("b", "1", OnnxProtos.plus(1));
    await(repository.loadAll());
    assertThat(loads).hasValue(2);

    await(repository.loadChanged());
    assertThat(loads).hasValue(2);

    write("b", "2", OnnxProtos.plus(2));
    await(repository.loadChanged());
    assertThat(loads).hasValue(3);
    assertThat(repository.served().models().get("b").preferred()).isEqualTo("2");
  }

  @Test
  void models_oneTooMany_isRefused() throws IOException {
    repository.close();
    repository = open(1);
    write("a", "1", OnnxProtos.plus(1));
    write("b", "1", OnnxProtos.plus(1));

    assertThat(await(repository.load("a")).outcome()).isEqualTo(Outcome.DONE);
    assertThat(await(repository.load("b")).detail()).contains("max-models: 1 are served");

    write("a", "2", OnnxProtos.plus(2));
    assertThat(await(repository.load("a")).outcome())
        .as("it takes a place")
        .isEqualTo(Outcome.DONE);
  }

  @Test
  void model_takenAwayAndUnloaded_isForgotten() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));
    Files.delete(root.resolve("m/1/model.onnx"));

    assertThat(await(repository.load("m")).outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(repository.served().models()).as("a directory that is gone ends nothing").hasSize(1);

    await(repository.unload("m"));
    await(repository.load("m"));
    assertThat(repository.served().records()).isEmpty();
  }

  @Test
  void close_closesWhatItLoaded() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    await(repository.load("m"));

    repository.close();

    assertThat(loaded.get("m:1").isDraining()).isTrue();
    assertThat(repository.served().models()).isEmpty();
  }

  @Test
  void files_replacedWhileTheyAreLoaded_areNotServed() throws IOException {
    write("m", "1", OnnxProtos.plus(1));
    ModelRepository meddled =
        new ModelRepository(
            InferenceConfig.defaults(),
            root,
            ShippedModels.none(),
            trial,
            (folder, name, version, config) -> {
              write(name, version, OnnxProtos.plus(2));
              return load(folder, name, version, config);
            },
            meters,
            1);
    try {
      assertThat(await(meddled.load("m")).detail()).contains("it was replaced while");
      assertThat(meddled.served().models()).isEmpty();
      assertThat(loaded.get("m:1").isDraining()).isTrue();
    } finally {
      meddled.close();
    }
  }

  @Test
  void directory_thatCannotBeRead_failsInsteadOfBeingEmpty() throws IOException {
    repository.close();
    Files.delete(root);
    repository = open(1);

    assertThatThrownBy(() -> await(repository.loadChanged())).isInstanceOf(Exception.class);
  }

  private Map<String, State> states() {
    Map<String, State> states = new HashMap<>();
    repository.served().records().forEach(record -> states.put(record.version(), record.state()));
    return states;
  }

  private Future<Inference> infer(String version) {
    return repository
        .served()
        .find("m", version)
        .orElseThrow()
        .infer(
            new Infer(version, List.of(), List.of()),
            CallContext.expiringAt(
                System.nanoTime() + Duration.ofMinutes(1).toNanos(),
                TraceContext.start(new Random(1))));
  }

  private void write(String name, String version, byte[] model) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name).resolve(version));
    Path fresh = Files.write(folder.resolve(".fresh"), model);
    Files.move(fresh, folder.resolve("model.onnx"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }
}
