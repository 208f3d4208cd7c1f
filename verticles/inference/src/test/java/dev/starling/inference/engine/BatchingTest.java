package dev.starling.inference.engine;

import static dev.starling.inference.OnnxModels.FLOAT;
import static dev.starling.inference.engine.TestEngine.await;
import static dev.starling.inference.engine.TestEngine.call;
import static dev.starling.inference.engine.TestEngine.config;
import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.infer;
import static dev.starling.inference.engine.TestEngine.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.All;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.OnnxModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about models as they are loaded, and what that makes of their requests. */
@Timeout(60)
class BatchingTest {
  @TempDir private Path directory;
  private final TestEngine engine = new TestEngine();

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  @Test
  void load_linearModel_batchesAndTellsWhatItTakes() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    assertThat(model.batches()).isTrue();
    assertThat(model.inputs())
        .containsExactly(new TensorRecord("x", DataType.FP32, List.of(-1L, 2L)));
    assertThat(model.outputs())
        .containsExactly(new TensorRecord("y", DataType.FP32, List.of(-1L, 2L)));
  }

  @Test
  void load_rowsThatDependOnEachOther_areRunOneByOne() throws Exception {
    Model model = load(TestGraphs.centred(), Batching.AUTO);
    assertThat(model.batches()).isFalse();
    Tensor output = output(model.infer(infer(floats("x", List.of(2L, 2L), 1, 2, 3, 4)), call()));
    // Each row less the mean of its batch, which is itself.
    assertThat(floats(output)).containsExactly(0, 0, 0, 0);
    assertThat(engine.meters.get("inference.batch.rows").summary().max()).isEqualTo(1);
  }

  @Test
  void load_batchingAlways_trustsTheConfiguration() throws Exception {
    Model model = load(TestGraphs.centred(), Batching.ALWAYS);
    assertThat(model.batches()).isTrue();
    Tensor output = output(model.infer(infer(floats("x", List.of(2L, 2L), 1, 2, 3, 4)), call()));
    assertThat(floats(output)).containsExactly(-1, -1, 1, 1);
  }

  @Test
  void load_batchingNever_runsARequestsRowsTogether() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.NEVER);
    assertThat(model.batches()).isFalse();
    Tensor output = output(model.infer(infer(floats("x", List.of(2L, 2L), 1, 0, 0, 1)), call()));
    assertThat(floats(output)).containsExactly(1, 2, 3, 4);
    assertThat(engine.meters.get("inference.batch.rows").summary().max()).isEqualTo(2);
  }

  @Test
  void load_outputWithoutRows_isRunAsItIs() throws Exception {
    Model model = load(TestGraphs.summed(), Batching.AUTO);
    assertThat(model.batches()).isFalse();
    Tensor output = output(model.infer(infer(floats("x", List.of(2L, 2L), 1, 2, 3, 4)), call()));
    assertThat(output.shape()).containsExactly(1L, 2L);
    assertThat(floats(output)).containsExactly(4, 6);
  }

  @Test
  void load_outputWithoutRowsButBatchingAlways_isRefused() throws Exception {
    assertThat(refusal(TestGraphs.summed(), Batching.ALWAYS))
        .isEqualTo(
            "batching: always (expected: inputs and outputs whose first dimension is the batch)");
  }

  @Test
  void load_fixedFirstDimension_runsExactlyThatShape() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .input("x", FLOAT, 2, 2)
                .output("y", FLOAT, 2, 2)
                .node("Neg", List.of("x"), "y"),
            Batching.AUTO);
    assertThat(model.batches()).isFalse();
    Tensor output = output(model.infer(infer(floats("x", List.of(2L, 2L), 1, 2, 3, 4)), call()));
    assertThat(floats(output)).containsExactly(-1, -2, -3, -4);
    assertThat(await(model.infer(infer(floats("x", List.of(1L, 2L), 1, 2)), call())))
        .isEqualTo(
            new Refused(
                Reason.INVALID, "inputs.x.shape: [1, 2] (expected: [2, 2], -1 for 1 or more)"));
  }

  @Test
  void load_scalarInput_runsIt() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .input("x", FLOAT, -1)
                .input("by", FLOAT)
                .output("y", FLOAT, -1)
                .node("Mul", List.of("x", "by"), "y"),
            Batching.AUTO);
    Tensor output =
        output(
            model.infer(
                infer(floats("x", List.of(3L), 1, 2, 3), floats("by", List.of(), 2)), call()));
    assertThat(floats(output)).containsExactly(2, 4, 6);
  }

  @Test
  void load_noInputs_runsIt() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .constant("c", new long[] {2}, 7, 8)
                .output("y", FLOAT, 2)
                .node("Neg", List.of("c"), "y"),
            Batching.AUTO);
    assertThat(floats(output(model.infer(infer(), call())))).containsExactly(-7, -8);
  }

  @Test
  void load_severalThreads_givesEachWorkerASession() throws Exception {
    Model model =
        engine.load(
            TestGraphs.linear().writeTo(directory),
            new ModelConfig(
                List.of(),
                List.of(),
                8,
                Duration.ofMillis(1),
                Batching.AUTO,
                2,
                2,
                64,
                0,
                new Pipeline(List.of(), List.of()),
                2,
                new All()));
    assertThat(floats(output(model.infer(infer(floats("x", List.of(1L, 2L), 3, 4)), call()))))
        .containsExactly(15, 22);
  }

  private String refusal(OnnxModels model, Batching batching) throws Exception {
    Path version = model.writeTo(directory);
    try {
      engine.load(version, config(batching));
      return "was loaded";
    } catch (ModelException e) {
      return e.getMessage();
    }
  }

  private Model load(OnnxModels model, Batching batching) throws Exception {
    return engine.load(model.writeTo(directory), config(batching));
  }
}
