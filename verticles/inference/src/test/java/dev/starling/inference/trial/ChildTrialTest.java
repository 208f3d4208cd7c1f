package dev.starling.inference.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.DataType;
import dev.starling.inference.OnnxProtos;
import dev.starling.inference.trial.TrialOutcome.Failed;
import dev.starling.inference.trial.TrialOutcome.Passed;
import dev.starling.inference.vetting.Vetting.Declared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChildTrialTest {
  private static final List<Declared> INPUTS =
      List.of(new Declared("x", DataType.FP32, List.of(-1L, 4L)));

  @TempDir Path directory;
  private final Trial trial = new ChildTrial(TrialConfig.defaults());

  @AfterEach
  void close() {
    trial.close();
  }

  @Test
  void model_honest_passes() throws Exception {
    assertThat(trial.run(file(OnnxProtos.plus(1)), INPUTS, List.of("y"))).isEqualTo(new Passed());
  }

  @Test
  void model_thatDividesByItsInput_passesWithOnes() throws Exception {
    byte[] reciprocal =
        OnnxProtos.model(
                OnnxProtos.graph()
                    .addNode(OnnxProtos.node("Reciprocal", List.of("x"), List.of("y"))))
            .build()
            .toByteArray();

    assertThat(trial.run(file(reciprocal), INPUTS, List.of("y"))).isEqualTo(new Passed());
  }

  @Test
  void outputs_ofOtherNames_fail() throws Exception {
    assertThat(trial.run(file(OnnxProtos.plus(1)), INPUTS, List.of("score")))
        .isEqualTo(new Failed("it gives [y] (expected: [score])"));
  }

  @Test
  void trial_afterClose_failsWithoutAChild() throws Exception {
    trial.close();

    assertThat(trial.run(file(OnnxProtos.plus(1)), INPUTS, List.of("y")))
        .isEqualTo(new Failed("the node is stopping"));
  }

  private Path file(byte[] bytes) throws Exception {
    return Files.write(directory.resolve("model.onnx"), bytes);
  }
}
