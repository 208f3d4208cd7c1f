package dev.starling.risk.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.starling.risk.Feature;
import dev.starling.risk.OrderRiskModel;
import dev.starling.risk.training.Training.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The model that is built, trained once more, and small ones. */
class TrainingTest {
  private static Training shipped;

  @BeforeAll
  static void train() {
    shipped = Training.run(Training.SEED, Training.ROWS);
  }

  @Test
  void shippedModel_isTheOneThatTheSeedGives() throws IOException {
    assertThat(OrderRiskModel.shipped()).isEqualTo(shipped.onnx());
  }

  @Test
  void sameSeed_givesTheSameBytes_anotherOneOthers() {
    byte[] first = Training.run(5, 3_000).onnx();

    assertThat(Training.run(5, 3_000).onnx()).isEqualTo(first);
    assertThat(Training.run(6, 3_000).onnx()).isNotEqualTo(first);
  }

  @Test
  void heldOutOrders_areRankedWellAndBetterThanByLessThanTrees() {
    Sample trained = shipped.trained();
    Sample heldOut = shipped.heldOut();
    LinearBaseline linear = LinearBaseline.train(trained.rows(), trained.risky());
    double byLine =
        Auc.of(Arrays.stream(heldOut.rows()).mapToDouble(linear::logit).toArray(), heldOut.risky());

    assertThat(shipped.auc(heldOut)).isBetween(0.83, 0.90);
    assertThat(byLine).isBetween(0.70, shipped.auc(heldOut) - 0.04);
    // Far from each other they would show that it has learnt its orders by heart.
    assertThat(shipped.auc(trained) - shipped.auc(heldOut)).isBetween(0.0, 0.05);
  }

  @Test
  void heldOutOrders_atTheDefaultThresholds_areFlaggedAsDocumented() {
    double[] scores = shipped.scores(shipped.heldOut());

    // RiskConfig.defaults()
    assertThat(Arrays.stream(scores).filter(score -> score >= 0.15).count() / 12_000.0)
        .isCloseTo(0.05, within(0.005));
    assertThat(Arrays.stream(scores).filter(score -> score >= 0.1).count() / 12_000.0)
        .isCloseTo(0.10, within(0.01));
  }

  @Test
  void usualValues_areTheMediansOfTheOrdersTrainedWith() {
    for (Feature feature : Feature.values()) {
      assertThat((double) feature.usual())
          .as(feature.key())
          .isCloseTo(shipped.trained().median(feature), within(0.5));
    }
  }

  @Test
  void onnx_givesWhatTheTreesGive_aloneAndInABatch() {
    float[][] rows = Arrays.copyOf(shipped.heldOut().rows(), 500);
    try (OrderRiskModel model = new OrderRiskModel(shipped.onnx())) {
      float[] together = model.run(rows);

      for (int i = 0; i < rows.length; i++) {
        assertThat((double) together[i])
            .isCloseTo(shipped.ensemble().probability(rows[i]), within(1e-5));
        assertThat(model.run(new float[][] {rows[i]})[0]).isCloseTo(together[i], within(1e-6f));
      }
    }
  }

  @Test
  void modelFiles_written_areNamedWithTheirDigests(@TempDir Path output)
      throws IOException, NoSuchAlgorithmException {
    ModelFiles.write(output, new byte[] {1, 2, 3});

    Path root = output.resolve("META-INF/starling");
    List<String> lines = Files.readAllLines(root.resolve("models.index"));
    assertThat(lines)
        .extracting(line -> line.substring(66))
        .containsExactly("order-risk/1/model.onnx", "order-risk/config.yaml");
    for (String line : lines) {
      byte[] file = Files.readAllBytes(root.resolve("models").resolve(line.substring(66)));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
      assertThat(line).startsWith(HexFormat.of().formatHex(digest) + "  ");
    }
  }

  @Test
  void index_onTheClassPath_namesTheShippedModel() throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(OrderRiskModel.shipped());
    try (InputStream index =
        TrainingTest.class.getResourceAsStream("/META-INF/starling/models.index")) {
      assertThat(new String(index.readAllBytes(), UTF_8))
          .contains(HexFormat.of().formatHex(digest) + "  order-risk/1/model.onnx\n");
    }
  }

  @Test
  void report_saysWhatItMeasured() {
    assertThat(TrainingReport.of(shipped, Training.SEED))
        .startsWith("order-risk, seed 17: 28000 made-up orders to train with (")
        .contains("\nAUC", "\ngradient-boosted trees", "\nlogistic regression", "\nscore >= ")
        .contains("\namount_ratio");
  }

  @ParameterizedTest
  @CsvSource({
    "--rows 10, --rows: 10 (expected: 2000..1000000)",
    "--seed x, --seed: x (expected: 0..9223372036854775807)",
    "--seed, --seed: nothing (expected: a value)",
    "--fast, '--fast (expected: --seed, --rows, --output or --quiet)'"
  })
  void options_wrong_sayWhatWasExpected(String options, String message) {
    assertThatThrownBy(() -> TrainRisk.main(options.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
