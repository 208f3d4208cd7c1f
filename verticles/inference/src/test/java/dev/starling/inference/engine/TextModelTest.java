package dev.starling.inference.engine;

import static dev.starling.inference.OnnxModels.FLOAT;
import static dev.starling.inference.OnnxModels.INT64;
import static dev.starling.inference.engine.TestEngine.await;
import static dev.starling.inference.engine.TestEngine.call;
import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.infer;
import static dev.starling.inference.engine.TestEngine.output;
import static dev.starling.inference.engine.TestEngine.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.TokenCount;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.OnnxModels;
import dev.starling.inference.PlainEmbeddings;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that looks up a vector for each token: its numbers can be worked out by hand. */
@Timeout(60)
class TextModelTest {
  private static final int VOCABULARY = 30_522;
  private static final int START = 101;
  private static final int END = 102;
  private static final int HELLO = 7592;

  @TempDir private Path directory;
  private final TestEngine engine = new TestEngine();

  @BeforeEach
  void write() throws Exception {
    PlainEmbeddings.copyTo(directory);
    Files.delete(directory.resolve("model.onnx"));
    // A token's vector is its id and 1; what rows are filled up with is 0, and has 9 there.
    float[] table = new float[2 * VOCABULARY];
    for (int id = 0; id < VOCABULARY; id++) {
      table[2 * id] = id;
      table[2 * id + 1] = 1;
    }
    table[1] = 9;
    OnnxModels.model()
        .constant("table", new long[] {VOCABULARY, 2}, table)
        .input("input_ids", INT64, -1, -1)
        .output("tokens", FLOAT, -1, -1, 2)
        .node("Gather", List.of("table", "input_ids"), "tokens")
        .writeTo(directory);
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  @Test
  void pooled_textsOfDifferentLengthTogether_areWhatTheyAreAlone() throws Exception {
    Model model = load(new MeanPooling("tokens", "mean"));
    assertThat(model.batches()).isTrue();
    assertThat(floats(output(model.infer(infer(texts("text", "hello")), call()))))
        .containsExactly((START + HELLO + END) / 3f, 1);
    List<Future<Inference>> crowd = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      crowd.add(model.infer(infer(texts("text", "hello ".repeat(i), "hello")), call()));
    }
    for (int i = 1; i <= 12; i++) {
      Tensor means = output(crowd.get(i - 1));
      assertThat(means.shape()).containsExactly(2L, 2L);
      float[] expected = {(START + i * HELLO + END) / (i + 2f), 1, (START + HELLO + END) / 3f, 1};
      assertThat(floats(means)).containsExactly(expected, within(1e-2f));
    }
  }

  @Test
  void tokenCount_textsTogether_isEachTextsOwn() throws Exception {
    Model model = load(new MeanPooling("tokens", "mean"), new TokenCount("count"));
    assertThat(model.outputs()).contains(new TensorRecord("count", DataType.INT32, List.of(-1L)));
    Inference answer = await(model.infer(infer(texts("text", "hello hello", "hello")), call()));
    Tensor count = ((Inferred) answer).outputs().get(1);
    assertThat(count.shape()).containsExactly(2L);
    ByteBuffer numbers = ByteBuffer.wrap(count.data()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(List.of(numbers.getInt(), numbers.getInt())).containsExactly(4, 3);
  }

  @Test
  void tokens_withoutPooling_areGivenForARequestAsAWhole() throws Exception {
    Model model = load();
    // The answers to two texts differ in shape, so that no two requests can share a batch.
    assertThat(model.batches()).isFalse();
    Tensor tokens = output(model.infer(infer(texts("text", "hello hello", "hello")), call()));
    assertThat(tokens.shape()).containsExactly(2L, 4L, 2L);
    assertThat(floats(tokens))
        .containsExactly(START, 1, HELLO, 1, HELLO, 1, END, 1, START, 1, HELLO, 1, END, 1, 0, 9);
    String[] many = new String[9];
    Arrays.fill(many, "hello");
    assertThat(await(model.infer(infer(texts("text", many)), call())))
        .isEqualTo(new Refused(Reason.INVALID, "inputs.text.shape: 9 rows (expected: <= 8)"));
  }

  private Model load(Step... after) throws ModelException {
    Pipeline pipeline =
        new Pipeline(List.of(new Tokenizer("text", "tokenizer.json", 64)), List.of(after));
    return engine.load(directory, TestEngine.config(Batching.AUTO, 8, 2, pipeline));
  }
}
