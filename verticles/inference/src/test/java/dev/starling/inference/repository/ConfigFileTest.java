package dev.starling.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.All;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.ModelConfig.Specific;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.sdk.ConfigException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

  @Test
  void file_empty_givesDefaults() {
    assertThat(ConfigFile.parse("", 4))
        .isEqualTo(
            new ModelConfig(
                List.of(),
                List.of(),
                32,
                Duration.ZERO,
                Batching.AUTO,
                2,
                1,
                1024,
                0,
                new Pipeline(List.of(), List.of()),
                1,
                new Latest(1)));
    assertThat(ConfigFile.parse("# nothing but a comment", 1).instances()).isEqualTo(1);
  }

  @Test
  void file_withEveryKey_isTaken() {
    String text =
        """
        inputs:
          - { name: tokens, type: int64, shape: [-1, 128] }
        outputs:
          - { name: hidden, type: FP32, shape: [-1, 128, 384] }
        max-batch: 8
        max-delay: 2ms
        batching: always
        instances: 3
        threads: 2
        max-queue: 64
        priority: -1
        warm-up: 5
        version-policy: { specific: [1, 3] }
        pipeline:
          before:
            - tokenizer: { input: text, file: words.json, max-tokens: 64 }
          after:
            - mean-pooling: { from: hidden, to: embedding }
            - normalize: { output: embedding }
        """;

    assertThat(ConfigFile.parse(text, 4))
        .isEqualTo(
            new ModelConfig(
                List.of(new TensorRecord("tokens", DataType.INT64, List.of(-1L, 128L))),
                List.of(new TensorRecord("hidden", DataType.FP32, List.of(-1L, 128L, 384L))),
                8,
                Duration.ofMillis(2),
                Batching.ALWAYS,
                3,
                2,
                64,
                -1,
                new Pipeline(
                    List.of(new Tokenizer("text", "words.json", 64)),
                    List.of(new MeanPooling("hidden", "embedding"), new Normalize("embedding"))),
                5,
                new Specific(List.of("1", "3"))));
  }

  @Test
  void versionPolicy_all_isTaken() {
    assertThat(ConfigFile.parse("version-policy: { all: true }", 1).versionPolicy())
        .isEqualTo(new All());
    assertThat(ConfigFile.parse("version-policy: { latest: 2 }", 1).versionPolicy())
        .isEqualTo(new Latest(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-bach: 3                              | max-bach: unknown key (did you mean max-batch?)
          max-batch: 0                             | max-batch: 0 (expected: 1..65536)
          max-batch: many                          | max-batch: many (expected: an integer of at most 32 bits)
          max-delay: 5                             | max-delay: 5 (expected: a duration such as
          max-delay: 2m                            | max-delay: PT2M (expected: PT0S..PT1S)
          batching: sometimes                      | expected: one of auto, always, never
          instances: 1000                          | instances: 1000 (expected: 1..256)
          version-policy: { latest: 1, all: true } | expected: one of latest: 1, all: true
          version-policy: latest                   | version-policy: latest (expected: a section with keys)
          version-policy: { specific: [0] }        | specific: [0] (expected: versions, 1 or more)
          inputs: [{ name: x, type: text }]        | inputs.0.type: text (expected: one of
          inputs: [{ name: x, type: fp32 }]        | shape: null (expected: up to 8 dimensions
          inputs: [{ name: x, type: fp32, shape: [0] }] | shape: [0] (expected: up to 8 dimensions
          inputs: [{ type: fp32, shape: [1] }]     | name: null (expected: 1 to 256 characters)
          pipeline: { after: [{ tokenizer: { input: t } }] } | expected: at most 8, mean-pooling, normalize or token-count
          pipeline: { after: [{ token-count: { to: "" } }] } | to:
          pipeline: { before: [{ normalize: { output: t } }] } | expected: at most one, a tokenizer
          pipeline: { before: [{ tokenizer: { input: t, file: ../x } }] } | expected: the name of a file beside model.onnx
          pipeline: { after: [{ }] }               | expected: one of tokenizer, mean-pooling, normalize, token-count
          max-batch: [                             | (expected: YAML)
          [1, 2]                                   | expected: a section with keys
          """)
  void file_withAMistake_isRefusedNamingIt(String text, String message) {
    assertThatThrownBy(() -> ConfigFile.parse(text, 4))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message.strip())
        .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
  }
}
