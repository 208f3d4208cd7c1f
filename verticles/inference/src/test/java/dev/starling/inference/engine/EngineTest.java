package dev.starling.inference.engine;

import static dev.starling.inference.OnnxModels.FLOAT;
import static dev.starling.inference.OnnxModels.INT64;
import static dev.starling.inference.OnnxModels.STRING;
import static dev.starling.inference.engine.TestEngine.await;
import static dev.starling.inference.engine.TestEngine.call;
import static dev.starling.inference.engine.TestEngine.config;
import static dev.starling.inference.engine.TestEngine.failure;
import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.infer;
import static dev.starling.inference.engine.TestEngine.longs;
import static dev.starling.inference.engine.TestEngine.output;
import static dev.starling.inference.engine.TestEngine.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.OnnxModels;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineTest {
  private static final float TOLERANCE = 1e-5f;

  @TempDir private Path directory;
  private final TestEngine engine = new TestEngine();

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  @Test
  void infer_oneRow_givesWhatTheGraphGives() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    Inferred answer =
        (Inferred) await(model.infer(infer(floats("x", List.of(1L, 2L), 3, 4)), call()));
    assertThat(answer.version()).isEqualTo("3");
    assertThat(answer.outputs().get(0).name()).isEqualTo("y");
    assertThat(answer.outputs().get(0).shape()).containsExactly(1L, 2L);
    // [3 4] times [[1 2] [3 4]].
    assertThat(floats(answer.outputs().get(0))).containsExactly(15, 22);
  }

  @Test
  void infer_callerLeavesWhileItWaitsForCompany_isDroppedAndItsNeighbourServed() throws Exception {
    Model model =
        engine.load(
            TestGraphs.linear().writeTo(directory),
            config(
                Batching.ALWAYS, 2, Duration.ofSeconds(30), 1, new Pipeline(List.of(), List.of())));
    Cancellation cancellation = new Cancellation();
    Infer row = infer(floats("x", List.of(1L, 2L), 3, 4));
    Future<Inference> left = model.infer(row, call().withCancellation(cancellation));

    cancellation.cancel();

    assertThat(failure(left)).isEqualTo(ErrorCode.CANCELLED);
    assertThat(engine.meters.get("inference.cancelled").counter().count()).isEqualTo(1);
    Future<Inference> stays = model.infer(row, call());
    assertThat(stays.isComplete()).isFalse();
    // Two rows are a batch, which goes at once.
    assertThat(floats(output(model.infer(row, call())))).containsExactly(15, 22);
    assertThat(floats(output(stays))).containsExactly(15, 22);
  }

  @Test
  void infer_cancelledAfterItsAnswer_isHarmless() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    Cancellation cancellation = new Cancellation();
    Infer row = infer(floats("x", List.of(1L, 2L), 3, 4));
    await(model.infer(row, call().withCancellation(cancellation)));

    cancellation.cancel();

    assertThat(floats(output(model.infer(row, call())))).containsExactly(15, 22);
    assertThat(engine.meters.get("inference.cancelled").counter().count()).isZero();
  }

  @Test
  void infer_manyCallersAtOnce_getWhatTheyGetAlone() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    SplittableRandom random = new SplittableRandom(5);
    List<float[]> rows = new ArrayList<>();
    List<float[]> alone = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      float[] row = {(float) random.nextDouble(-9, 9), (float) random.nextDouble(-9, 9)};
      rows.add(row);
      alone.add(floats(output(model.infer(infer(floats("x", List.of(1L, 2L), row)), call()))));
    }
    List<Future<Inference>> together = new ArrayList<>();
    for (float[] row : rows) {
      together.add(model.infer(infer(floats("x", List.of(1L, 2L), row)), call()));
    }
    for (int i = 0; i < rows.size(); i++) {
      assertThat(floats(output(together.get(i)))).containsExactly(alone.get(i), within(TOLERANCE));
    }
  }

  @Test
  void infer_moreRowsThanABatch_isAnsweredAsAWholeInOrder() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    float[] rows = new float[40];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    Tensor output = output(model.infer(infer(floats("x", List.of(20L, 2L), rows)), call()));
    assertThat(output.shape()).containsExactly(20L, 2L);
    assertThat(floats(output)[38]).isEqualTo(38 + 3 * 39);
  }

  @Test
  void infer_rowsOfOtherShapes_areNotMixed() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .input("x", FLOAT, -1, -1)
                .output("y", FLOAT, -1, 1)
                .node("ReduceMean", List.of("x"), "y", OnnxModels.ints("axes", 1)),
            Batching.AUTO);
    assertThat(model.batches()).isTrue();
    List<Future<Inference>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(model.infer(infer(floats("x", List.of(1L, 2L), i, i)), call()));
      answers.add(model.infer(infer(floats("x", List.of(1L, 3L), i, i, i + 3)), call()));
    }
    for (int i = 0; i < 10; i++) {
      assertThat(floats(output(answers.get(2 * i)))).containsExactly(i);
      assertThat(floats(output(answers.get(2 * i + 1)))).containsExactly(i + 1);
    }
  }

  @Test
  void infer_strings_passThroughRowByRow() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .input("x", STRING, -1)
                .output("y", STRING, -1)
                .node("Identity", List.of("x"), "y"),
            Batching.AUTO);
    assertThat(model.batches()).isTrue();
    Tensor input = texts("x", "one", "", "zwölf");
    assertThat(output(model.infer(infer(input), call())).data()).isEqualTo(input.data());
  }

  @Test
  void infer_someOutputs_givesThoseInTheOrderAsked() throws Exception {
    Model model =
        load(
            OnnxModels.model()
                .input("x", FLOAT, -1, 2)
                .output("minus", FLOAT, -1, 2)
                .output("same", FLOAT, -1, 2)
                .node("Neg", List.of("x"), "minus")
                .node("Identity", List.of("x"), "same"),
            Batching.AUTO);
    Tensor input = floats("x", List.of(1L, 2L), 1, 2);
    Inferred both =
        (Inferred)
            await(model.infer(new Infer("", List.of(input), List.of("same", "minus")), call()));
    assertThat(both.outputs()).extracting(Tensor::name).containsExactly("same", "minus");
    assertThat(await(model.infer(new Infer("", List.of(input), List.of("other")), call())))
        .isEqualTo(
            new Refused(
                Reason.INVALID, "outputs: [other] (expected: some of [minus, same], each once)"));
    assertThat(engine.meters.get("inference.refused").tag("reason", "invalid").counter().count())
        .isEqualTo(1);
  }

  @Test
  void infer_modelFailsForAnInput_isInternalAndOthersAreServed() throws Exception {
    // Looks values up in a table of three.
    Model model =
        load(
            OnnxModels.model()
                .constant("table", new long[] {3}, 10, 20, 30)
                .input("i", INT64, -1)
                .output("y", FLOAT, -1)
                .node("Gather", List.of("table", "i"), "y"),
            Batching.AUTO);
    assertThat(model.batches()).isTrue();
    List<Future<Inference>> good = new ArrayList<>();
    Future<Inference> bad = null;
    for (int i = 0; i < 20; i++) {
      good.add(model.infer(infer(longs("i", List.of(1L), 2)), call()));
      if (i == 10) {
        bad = model.infer(infer(longs("i", List.of(1L), 3)), call());
      }
    }
    for (Future<Inference> answer : good) {
      assertThat(floats(output(answer))).containsExactly(30);
    }
    assertThat(TestEngine.failure(bad)).isEqualTo(ErrorCode.INTERNAL);
    assertThat(engine.meters.get("inference.failed").counter().count()).isEqualTo(1);
  }

  @Test
  void infer_expiredCall_isNotRun() throws Exception {
    Model model = load(TestGraphs.linear(), Batching.AUTO);
    Future<Inference> late =
        model.infer(infer(floats("x", List.of(1L, 2L), 3, 4)), TestEngine.expiredCall());
    assertThat(TestEngine.failure(late)).isEqualTo(ErrorCode.EXPIRED);
    assertThat(engine.meters.get("inference.expired").counter().count()).isEqualTo(1);
    assertThat(engine.meters.get("inference.compute").timer().count()).isZero();
  }

  @Test
  void infer_moreThanTheQueueTakes_isOverloadedAndTheRestIsServed() throws Exception {
    Model model = load(TestGraphs.slow(), Batching.NEVER);
    List<Future<Inference>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(model.infer(infer(floats("x", List.of(1L, 2L), 1, 1)), call()));
    }
    int overloaded = 0;
    for (Future<Inference> answer : answers) {
      await(answer.transform(done -> Future.succeededFuture()));
      if (answer.failed()) {
        assertThat(TestEngine.failure(answer)).isEqualTo(ErrorCode.OVERLOADED);
        overloaded++;
      }
    }
    assertThat(overloaded).isBetween(1, 200 - 64);
    assertThat(engine.meters.get("inference.refused").tag("reason", "overloaded").counter().count())
        .isEqualTo(overloaded);
  }

  @Test
  void close_callsInFlight_answersAllOfThemThenTurnsAway() throws Exception {
    Model model = load(TestGraphs.slow(), Batching.AUTO);
    List<Future<Inference>> answers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      answers.add(model.infer(infer(floats("x", List.of(1L, 2L), i, i)), call()));
    }
    Future<Void> closed = model.close();
    assertThat(await(model.infer(infer(floats("x", List.of(1L, 2L), 1, 1)), call())))
        .isEqualTo(new Refused(Reason.NOT_HERE, "m: version 3 is being unloaded"));
    await(closed);
    assertThat(answers).allMatch(Future::succeeded);
    assertThat(engine.meters.getMeters()).isEmpty();
  }

  @Test
  void normalize_afterTheGraph_makesVectorsOfLengthOne() throws Exception {
    Pipeline pipeline = new Pipeline(List.of(), List.of(new Normalize("y")));
    Model model =
        engine.load(TestGraphs.linear().writeTo(directory), config(Batching.AUTO, 8, 1, pipeline));
    float[] vector = floats(output(model.infer(infer(floats("x", List.of(1L, 2L), 3, 4)), call())));
    assertThat(Math.hypot(vector[0], vector[1])).isCloseTo(1, within(1e-6));
  }

  @Test
  void load_sameVersionAgain_keepsItsMetersUntilTheLastIsClosed() throws Exception {
    Model before = engine.load(TestGraphs.linear().writeTo(directory), config());
    Model after = engine.load(directory, config());
    await(before.close());
    await(after.infer(infer(floats("x", List.of(1L, 2L), 3, 4)), call()));
    assertThat(engine.meters.get("inference.queue").timer().count()).isEqualTo(1);
    await(after.close());
    assertThat(engine.meters.getMeters()).isEmpty();
  }

  private Model load(OnnxModels model, Batching batching) throws Exception {
    return engine.load(model.writeTo(directory), config(batching));
  }
}
