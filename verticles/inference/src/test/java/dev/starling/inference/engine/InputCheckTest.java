package dev.starling.inference.engine;

import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.infer;
import static dev.starling.inference.engine.TestEngine.longs;
import static dev.starling.inference.engine.TestEngine.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.engine.InputCheck.Fitting;
import dev.starling.inference.engine.InputCheck.Unfit;
import dev.starling.inference.pipeline.TextTokenizer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputCheckTest {
  private static final List<TensorRecord> INPUTS =
      List.of(
          new TensorRecord("x", DataType.FP32, List.of(-1L, 2L)),
          new TensorRecord("text", DataType.BYTES, List.of(-1L)));
  private static final Tensor X = floats("x", List.of(2L, 2L), 1, 2, 3, Float.NaN);
  private static final Tensor TEXT = texts("text", "a", "zwölf");

  private final InputCheck check = new InputCheck(INPUTS, List.of("y", "z"), true, 4);

  @Test
  void check_fittingInputsInAnyOrder_areInTheModelsOrder() {
    Fitting fitting = (Fitting) check.check(infer(TEXT, X));
    assertThat(fitting.rows()).isEqualTo(2);
    assertThat(fitting.inputs())
        .containsExactly(new Input(X, List.of()), new Input(TEXT, List.of("a", "zwölf")));
    assertThat(fitting.outputs()).containsExactly(0, 1);
  }

  @Test
  void check_names_missingUnknownOrTwice_areNamed() {
    assertThat(detail(infer(X))).isEqualTo("inputs: text is missing (expected: BYTES[-1])");
    assertThat(detail(infer(X, TEXT, floats("w", List.of(1L), 1))))
        .isEqualTo("inputs: [x, text, w] (expected: [x, text])");
    assertThat(detail(infer(X, TEXT, TEXT)))
        .isEqualTo("inputs: [x, text, text] (expected: [x, text])");
  }

  @Test
  void check_typeOrShape_isNamed() {
    assertThat(detail(infer(longs("x", List.of(1L, 2L), 1, 2), TEXT)))
        .isEqualTo("inputs.x.datatype: INT64 (expected: FP32)");
    assertThat(detail(infer(floats("x", List.of(1L, 3L), 1, 2, 3), TEXT)))
        .isEqualTo("inputs.x.shape: [1, 3] (expected: [-1, 2], -1 for 1 or more)");
    assertThat(detail(infer(floats("x", List.of(2L), 1, 2), TEXT)))
        .isEqualTo("inputs.x.shape: [2] (expected: [-1, 2], -1 for 1 or more)");
    assertThat(detail(infer(floats("x", List.of(0L, 2L)), TEXT)))
        .isEqualTo("inputs.x.shape: [0, 2] (expected: [-1, 2], -1 for 1 or more)");
    assertThat(detail(infer(floats("x", List.of(-1L, 2L), 1, 2), TEXT)))
        .isEqualTo("inputs.x.shape: [-1, 2] (expected: [-1, 2], -1 for 1 or more)");
  }

  @Test
  void check_dataOfAnotherLength_saysHowLongItShouldBe() {
    assertThat(detail(infer(floats("x", List.of(2L, 2L), 1, 2, 3), TEXT)))
        .isEqualTo("inputs.x.data: 12 bytes (expected: 16 for FP32[2, 2])");
  }

  @Test
  void check_shapesThatOverflow_areRefused() {
    InputCheck free =
        new InputCheck(
            List.of(new TensorRecord("x", DataType.FP64, Collections.nCopies(4, -1L))),
            List.of("y"),
            true,
            Integer.MAX_VALUE);
    for (long length : new long[] {1L << 16, 1L << 31, 1L << 62, Long.MAX_VALUE}) {
      Tensor tensor = new Tensor("x", DataType.FP64, Collections.nCopies(4, length), new byte[0]);
      assertThat(((Unfit) free.check(infer(tensor))).detail()).startsWith("inputs.x.shape: ");
    }
  }

  @Test
  void check_rows_differentOrTooMany_areRefused() {
    assertThat(detail(infer(X, texts("text", "a"))))
        .isEqualTo("inputs.text.shape: 1 rows (expected: 2, as in x)");
    assertThat(detail(infer(floats("x", List.of(5L, 2L), new float[10]), TEXT)))
        .isEqualTo("inputs.x.shape: 5 rows (expected: <= 4)");
  }

  @Test
  void check_bytes_cutOffOrTooManyOrNoUtf8_areRefused() {
    assertThat(detail(infer(X, bytes(2, 1, 0, 0, 0, 'a', 9, 0, 0, 0, 'b'))))
        .isEqualTo(
            "inputs.text.data ends early (expected: 2 elements, each with its length in 4 bytes)");
    assertThat(detail(infer(X, bytes(2, 1, 0, 0, 0, 'a', -1, -1, -1, -1))))
        .startsWith("inputs.text.data ends early");
    assertThat(detail(infer(X, bytes(2, 1, 0, 0, 0, 'a', 0, 0, 0, 0, 7))))
        .isEqualTo("inputs.text.data: 1 bytes too many (expected: 2 elements)");
    assertThat(detail(infer(X, bytes(2, 1, 0, 0, 0, 0xC3, 0, 0, 0, 0))))
        .isEqualTo("inputs.text.data: element 0 (expected: UTF-8)");
    assertThat(detail(infer(X, texts("text", "a", "b".repeat(TextTokenizer.MAX_TEXT_BYTES + 1)))))
        .isEqualTo("inputs.text.data: element 1: 65537 bytes (expected: <= 65536)");
  }

  @Test
  void check_withoutRows_allowsFirstDimensionsThatDiffer() {
    InputCheck whole = new InputCheck(INPUTS, List.of("y"), false, 4);
    assertThat(whole.check(infer(X, texts("text", "a")))).isInstanceOf(Fitting.class);
    assertThat(((Fitting) whole.check(infer(X, TEXT))).rows()).isEqualTo(1);
    assertThat(((Unfit) whole.check(infer(X, texts("text", "a", "b", "c", "d", "e")))).detail())
        .isEqualTo("inputs.text.shape: 5 rows (expected: <= 4)");
  }

  @Test
  void check_outputs_unknownOrTwice_areRefused() {
    assertThat(((Fitting) check.check(new Infer("", List.of(X, TEXT), List.of("z")))).outputs())
        .containsExactly(1);
    assertThat(detail(new Infer("", List.of(X, TEXT), List.of("y", "y"))))
        .isEqualTo("outputs: [y, y] (expected: some of [y, z], each once)");
  }

  private String detail(Infer request) {
    return ((Unfit) check.check(request)).detail();
  }

  private static Tensor bytes(long count, int... data) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) data[i];
    }
    return new Tensor("text", DataType.BYTES, List.of(count), bytes);
  }
}
