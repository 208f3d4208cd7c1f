package dev.starling.inference.engine;

import static dev.starling.inference.engine.TestEngine.call;
import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.infer;
import static dev.starling.inference.engine.TestEngine.output;
import static dev.starling.inference.engine.TestEngine.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.PlainEmbeddings;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** all-MiniLM-L6-v2 with its pipeline. Its quantisation takes scales from the whole batch. */
@Timeout(60)
class EmbeddingModelTest {
  private static final int DIMENSIONS = 384;
  private static final List<String> TEXTS =
      List.of(
          "How do I get my money back?",
          "I would like a refund.",
          "The weather in the mountains changes within minutes.",
          "",
          "Où est la gare? 駅はどこですか");

  @TempDir private static Path directory;
  private static final TestEngine ENGINE = new TestEngine();
  private static Model model;
  private static Model together;

  @BeforeAll
  static void load() throws Exception {
    PlainEmbeddings.copyTo(directory.resolve("1"));
    model = load(Batching.AUTO);
    together = load(Batching.ALWAYS);
  }

  @AfterAll
  static void close() throws Exception {
    ENGINE.close();
  }

  @Test
  void load_quantisedModel_isFoundNotToBatch() {
    assertThat(model.batches()).isFalse();
    assertThat(together.batches()).isTrue();
    assertThat(model.inputs())
        .containsExactly(new TensorRecord("text", DataType.BYTES, List.of(-1L)));
    assertThat(model.outputs())
        .containsExactly(
            new TensorRecord("embedding", DataType.FP32, List.of(-1L, (long) DIMENSIONS)));
  }

  @Test
  void embedding_ofEachText_isThatOfPlainOnnxRuntime() throws Exception {
    try (PlainEmbeddings plain = new PlainEmbeddings(1)) {
      for (String text : TEXTS) {
        float[] reference = plain.embed(List.of(text))[0];
        float[] embedding = floats(embed(model, text));
        assertThat(embedding).hasSize(DIMENSIONS);
        assertThat(cosine(embedding, reference)).isGreaterThanOrEqualTo(0.9999);
        assertThat(cosine(embedding, embedding)).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void embedding_ofTheSameText_isTheSameToTheByteInWhateverCompany() throws Exception {
    List<byte[]> alone = new ArrayList<>();
    for (String text : TEXTS) {
      alone.add(embed(model, text).data());
    }
    List<Future<Inference>> crowd = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      crowd.add(model.infer(infer(texts("text", TEXTS.get(i % TEXTS.size()))), call()));
    }
    for (int i = 0; i < crowd.size(); i++) {
      assertThat(output(crowd.get(i)).data()).isEqualTo(alone.get(i % TEXTS.size()));
    }
    Tensor all = embed(model, TEXTS.toArray(new String[0]));
    assertThat(all.shape()).containsExactly((long) TEXTS.size(), (long) DIMENSIONS);
    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(Tensors.slice(all, i, 1).data()).isEqualTo(alone.get(i));
    }
  }

  @Test
  void embeddings_ofTextsThatMeanTheSame_areNear() throws Exception {
    float[] refund = floats(embed(model, TEXTS.get(0)));
    float[] refundToo = floats(embed(model, TEXTS.get(1)));
    float[] weather = floats(embed(model, TEXTS.get(2)));
    assertThat(cosine(refund, refundToo)).isGreaterThan(0.5);
    assertThat(cosine(refund, weather)).isLessThan(0.2);
  }

  @Test
  void embedding_ofALongText_isThatOfWhatFits() throws Exception {
    String fits = "word ".repeat(PlainEmbeddings.MAX_TOKENS - 2);
    assertThat(embed(model, fits + "and what nobody reads").data())
        .isEqualTo(embed(model, fits).data());
    assertThat(embed(model, fits.substring("word ".length())).data())
        .isNotEqualTo(embed(model, fits).data());
  }

  @Test
  void embeddings_runTogether_areFilledUpWithoutHarm() throws Exception {
    Tensor all = embed(together, TEXTS.toArray(new String[0]));
    for (int i = 0; i < TEXTS.size(); i++) {
      float[] alone = floats(embed(model, TEXTS.get(i)));
      // Quantisation moves them a little; without the mask short texts would be others.
      assertThat(cosine(floats(Tensors.slice(all, i, 1)), alone)).isGreaterThan(0.95);
    }
  }

  @Test
  void load_asFewTokensAsAllowed_runs() throws Exception {
    Model tiny = load(Batching.AUTO, 3);
    assertThat(embed(tiny, "refund please").data()).isEqualTo(embed(tiny, "refund").data());
  }

  private static Model load(Batching batching) throws ModelException {
    return load(batching, PlainEmbeddings.MAX_TOKENS);
  }

  private static Model load(Batching batching, int maxTokens) throws ModelException {
    Pipeline pipeline =
        new Pipeline(
            List.of(new Tokenizer("text", "tokenizer.json", maxTokens)),
            List.of(new MeanPooling("last_hidden_state", "embedding"), new Normalize("embedding")));
    return ENGINE.load(directory.resolve("1"), TestEngine.config(batching, 8, 2, pipeline));
  }

  private static Tensor embed(Model model, String... texts) throws Exception {
    return output(model.infer(infer(texts("text", texts)), call()));
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    return product / Math.sqrt(squaresA * squaresB);
  }
}
