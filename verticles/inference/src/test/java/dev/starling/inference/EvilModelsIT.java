package dev.starling.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.inference.EvilModels.Evil;
import dev.starling.inference.repository.ModelRepository;
import dev.starling.testkit.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that must never be loaded, each put into a real repository and tried out in a real child
 * process. None reaches the engine, all are refused with a reason, and how long each took is
 * logged.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvilModelsIT {
  private static final Logger log = LoggerFactory.getLogger(EvilModelsIT.class);

  @TempDir static Path data;
  private final List<String> reachedTheEngine = new ArrayList<>();
  private ModelRepository repository;

  @BeforeAll
  void open() throws IOException {
    InferenceConfig defaults = InferenceConfig.defaults();
    repository =
        ModelRepository.open(
            new InferenceConfig(
                List.of(),
                defaults.watch(),
                false,
                defaults.startWait(),
                defaults.maxModels(),
                defaults.maxFileBytes(),
                defaults.maxRequestBytes(),
                defaults.trial()),
            data,
            (directory, name, version, config) -> {
              reachedTheEngine.add(name);
              throw new IllegalStateException("an evil model reached the engine");
            },
            new SimpleMeterRegistry());
  }

  @AfterAll
  void close() {
    repository.close();
  }

  static Stream<Evil> evilModels() {
    return Stream.concat(EvilModels.bySight().stream(), EvilModels.byTrial().stream());
  }

  @ParameterizedTest
  @MethodSource("evilModels")
  void model_evil_isRefusedBeforeTheEngineSeesIt(Evil evil) throws IOException {
    String name = evil.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
    Path folder = Files.createDirectories(data.resolve("models").resolve(name).resolve("1"));
    Files.write(folder.resolve("model.onnx"), evil.file());
    Files.createSymbolicLink(folder.resolve("link.bin"), Path.of("/etc/passwd"));
    Files.createLink(
        folder.resolve("hard.bin"), Files.writeString(data.resolve(name + ".txt"), "secret"));

    long began = System.nanoTime();
    Changed changed = TestNode.await(repository.load(name));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);

    log.info("{} ms: {}: {}", millis, evil.name(), changed.detail());
    assertThat(changed.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(changed.detail()).contains(evil.reason());
    assertThat(reachedTheEngine).isEmpty();
  }

  @Test
  void configuration_ofOtherNames_isRefused() throws IOException {
    Path folder = Files.createDirectories(data.resolve("models/names/1"));
    Files.write(folder.resolve("model.onnx"), OnnxProtos.plus(1));
    Files.writeString(
        folder.resolveSibling("config.yaml"),
        "outputs: [ { name: score, type: fp32, shape: [-1, 4] } ]");

    assertThat(TestNode.await(repository.load("names")).detail())
        .contains("output 'score' of config.yaml: not in the file");
  }
}
