package dev.starling.inference.engine;

import static dev.starling.inference.OnnxModels.FLOAT;
import static dev.starling.inference.OnnxModels.INT64;
import static dev.starling.inference.OnnxModels.UINT16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.TokenCount;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.OnnxModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions that cannot be served, each with what its operator reads. */
class RefusedModelsTest {
  @TempDir private Path directory;
  private final TestEngine engine = new TestEngine();

  @AfterEach
  void close() throws Exception {
    engine.close();
    // Nothing is left of a version that was refused.
    assertThat(engine.meters.getMeters()).isEmpty();
  }

  @Test
  void load_noFile_saysWhichOneIsMissing() {
    assertRefused(TestEngine.config())
        .hasMessage("model.onnx: no such file (expected: an ONNX model)");
  }

  @Test
  void load_fileThatIsNoModel_saysSo() throws Exception {
    Files.writeString(directory.resolve("model.onnx"), "not a model");
    assertRefused(TestEngine.config()).hasMessageStartingWith("model.onnx: ");
  }

  @Test
  void load_inputTypeWithoutJavaBinding_isNamed() throws Exception {
    OnnxModels.model()
        .input("x", UINT16, -1)
        .output("y", UINT16, -1)
        .node("Identity", List.of("x"), "y")
        .writeTo(directory);
    assertRefused(TestEngine.config())
        .hasMessage("inputs.x: ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 is not supported");
  }

  @Test
  void load_configurationOfAnotherModel_namesBoth() throws Exception {
    writeLinear();
    assertRefused(withInputs(new TensorRecord("x", DataType.FP32, List.of(-1L, 3L))))
        .hasMessage("inputs: [x FP32[-1, 3]] (expected, as the model has them: [x FP32[-1, 2]])");
    assertRefused(withInputs(new TensorRecord("z", DataType.FP32, List.of(-1L, 2L))))
        .hasMessageStartingWith("inputs: [z FP32[-1, 2]]");
    assertRefused(withInputs(new TensorRecord("x", DataType.FP64, List.of(-1L, 2L))))
        .hasMessageStartingWith("inputs: [x FP64[-1, 2]]");
    assertRefused(
            withInputs(
                new TensorRecord("x", DataType.FP32, List.of(-1L, 2L)),
                new TensorRecord("more", DataType.FP32, List.of(-1L))))
        .hasMessageStartingWith("inputs: [x FP32[-1, 2], more FP32[-1]]");
  }

  @Test
  void load_modelThatFailsWhateverItGets_isNeverServed() throws Exception {
    OnnxModels.model()
        .constant("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
        .input("x", FLOAT, -1, -1)
        .output("y", FLOAT, -1, 2)
        .node("Concat", List.of("x", "x"), "xx", OnnxModels.integer("axis", 1))
        .node("MatMul", List.of("xx", "w"), "y")
        .writeTo(directory);
    assertRefused(TestEngine.config())
        .hasMessageStartingWith("warm-up: ")
        .hasMessageEndingWith(
            "(expected: runs on made-up inputs; fix the lengths that it needs in config.yaml)");
  }

  @Test
  void load_inputsTooLargeToBeMadeUp_areRefused() throws Exception {
    OnnxModels.model()
        .input("x", FLOAT, -1, 1L << 31, 1L << 31)
        .output("y", FLOAT, -1, 1L << 31, 1L << 31)
        .node("Neg", List.of("x"), "y")
        .writeTo(directory);
    assertRefused(TestEngine.config())
        .hasMessageStartingWith("warm-up: its inputs are too large to make some up");
  }

  @Test
  void load_lengthThatOnlyTheConfigurationKnows_isServed() throws Exception {
    OnnxModels.model()
        .constant("w", new long[] {7, 1}, 1, 1, 1, 1, 1, 1, 1)
        .input("x", FLOAT, -1, -1)
        .output("y", FLOAT, -1, 1)
        .node("MatMul", List.of("x", "w"), "y")
        .writeTo(directory);
    Model model =
        engine.load(directory, withInputs(new TensorRecord("x", DataType.FP32, List.of(-1L, 7L))));
    assertThat(model.inputs().get(0).shape()).containsExactly(-1L, 7L);
  }

  @Test
  void load_tokenizerFile_missingOrElsewhereOrGarbage_isNamed() throws Exception {
    writeText();
    assertRefused(tokenized("tokenizer.json", 16))
        .hasMessage(
            "pipeline.before.tokenizer.file: tokenizer.json (expected: a file beside model.onnx)");
    assertRefused(tokenized("../tokenizer.json", 16))
        .hasMessageStartingWith("pipeline.before.tokenizer.file: ../tokenizer.json");
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": 1}");
    assertRefused(tokenized("tokenizer.json", 16)).hasMessageStartingWith("tokenizer.json: ");
    Files.writeString(directory.resolve("tokenizer.json"), "[]");
    assertRefused(tokenized("tokenizer.json", 16)).hasMessage("tokenizer.json: no JSON object");
    assertRefused(tokenized("tokenizer.json", 2))
        .hasMessage("pipeline.before.tokenizer.max-tokens: 2 (expected: >= 3)");
  }

  @Test
  void load_tokenizerForAModelOfNumbers_saysWhatATokenizerGives() throws Exception {
    writeLinear();
    assertRefused(tokenized("tokenizer.json", 16))
        .hasMessage(
            "inputs: [x] (expected with a tokenizer: input_ids, and perhaps attention_mask and"
                + " token_type_ids)");
  }

  @Test
  void load_stepsThatDoNotFit_areNamed() throws Exception {
    writeLinear();
    assertRefused(pipeline(List.of(), new MeanPooling("y", "z")))
        .hasMessage("pipeline.after: mean-pooling (expected: a tokenizer before)");
    assertRefused(pipeline(List.of(), new TokenCount("z")))
        .hasMessage("pipeline.after: token-count (expected: a tokenizer before)");
    assertRefused(pipeline(List.of(), new Normalize("z")))
        .hasMessage("pipeline.after.normalize.output: z (expected one of: [y])");
    assertRefused(pipeline(List.of(), new Tokenizer("text", "tokenizer.json", 16)))
        .hasMessageEndingWith("(expected: mean-pooling, normalize or token-count)");
    assertRefused(pipeline(List.of(new Normalize("y"))))
        .hasMessageEndingWith("(expected: one tokenizer at most)");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ModelConfig config) {
    return assertThatThrownBy(() -> engine.load(directory, config))
        .isInstanceOf(ModelException.class);
  }

  private void writeLinear() throws Exception {
    OnnxModels.model()
        .constant("w", new long[] {2, 2}, 1, 2, 3, 4)
        .input("x", FLOAT, -1, 2)
        .output("y", FLOAT, -1, 2)
        .node("MatMul", List.of("x", "w"), "y")
        .writeTo(directory);
  }

  private void writeText() throws Exception {
    OnnxModels.model()
        .input("input_ids", INT64, -1, -1)
        .output("ids", INT64, -1, -1)
        .node("Identity", List.of("input_ids"), "ids")
        .writeTo(directory);
  }

  private static ModelConfig tokenized(String file, int maxTokens) {
    return pipeline(List.of(new Tokenizer("text", file, maxTokens)));
  }

  private static ModelConfig pipeline(List<Step> before, Step... after) {
    return TestEngine.config(Batching.AUTO, 8, 1, new Pipeline(before, List.of(after)));
  }

  private static ModelConfig withInputs(TensorRecord... inputs) {
    ModelConfig usual = TestEngine.config();
    return new ModelConfig(
        List.of(inputs),
        List.of(),
        usual.maxBatch(),
        usual.maxDelay(),
        usual.batching(),
        usual.instances(),
        usual.threads(),
        usual.maxQueue(),
        usual.priority(),
        usual.pipeline(),
        usual.warmUp(),
        usual.versionPolicy());
  }
}
