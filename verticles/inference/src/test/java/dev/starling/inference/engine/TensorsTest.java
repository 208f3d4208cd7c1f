package dev.starling.inference.engine;

import static dev.starling.inference.engine.TestEngine.floats;
import static dev.starling.inference.engine.TestEngine.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorsTest {

  @Test
  void slice_rowsOfNumbers_areCutOut() {
    Tensor tensor = floats("x", List.of(3L, 1L, 2L), 1, 2, 3, 4, 5, 6);
    Tensor slice = Tensors.slice(tensor, 1, 2);
    assertThat(slice.shape()).containsExactly(2L, 1L, 2L);
    assertThat(floats(slice)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void slices_ofUnequalRows_followEachOther() {
    Tensors.Slices slices = new Tensors.Slices(floats("x", List.of(5L, 1L), 1, 2, 3, 4, 5));
    List<Tensor> parts = List.of(slices.next(1), slices.next(1), slices.next(2), slices.next(1));
    assertThat(parts.stream().map(Tensor::shape))
        .containsExactly(List.of(1L, 1L), List.of(1L, 1L), List.of(2L, 1L), List.of(1L, 1L));
    assertThat(floats(Tensors.join(parts))).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void sliceAndJoin_strings_areTheSameAgain() {
    Tensor tensor = texts("x", "one", "", "zwölf");
    assertThat(Tensors.slice(tensor, 2, 1).data()).isEqualTo(texts("x", "zwölf").data());
    Tensor joined = Tensors.join(List.of(Tensors.slice(tensor, 0, 1), Tensors.slice(tensor, 1, 2)));
    assertThat(joined.shape()).containsExactly(3L);
    assertThat(joined.data()).isEqualTo(tensor.data());
  }

  @Test
  void join_rowsOfDifferentShapes_isRefused() {
    List<Tensor> parts =
        List.of(floats("x", List.of(1L, 1L), 1), floats("x", List.of(1L, 2L), 1, 2));
    assertThatThrownBy(() -> Tensors.join(parts))
        .hasMessage("output x: rows of [1] and [2] (expected: of one shape)");
  }

  @Test
  void near_numbers_allowsWhatAddingInAnotherOrderGives() {
    Tensor reference = floats("x", List.of(3L), 1_000, 0, Float.NaN);
    assertThat(Closeness.near(reference, floats("x", List.of(3L), 1_000.005f, 0, Float.NaN)))
        .isTrue();
    assertThat(Closeness.near(reference, floats("x", List.of(3L), 1_000.05f, 0, Float.NaN)))
        .isFalse();
    assertThat(Closeness.near(reference, floats("x", List.of(3L), 1_000, 0, 0))).isFalse();
    assertThat(Closeness.near(reference, floats("x", List.of(3L, 1L), 1_000, 0, Float.NaN)))
        .isFalse();
    Tensor small = floats("x", List.of(1L), 0.5f);
    assertThat(Closeness.near(small, floats("x", List.of(1L), 0.500009f))).isTrue();
    assertThat(Closeness.near(small, floats("x", List.of(1L), 0.50002f))).isFalse();
    Tensor infinite = floats("x", List.of(1L), Float.POSITIVE_INFINITY);
    assertThat(Closeness.near(infinite, floats("x", List.of(1L), 1))).isFalse();
    assertThat(Closeness.near(floats("x", List.of(1L), 1), infinite)).isFalse();
  }

  @Test
  void near_integers_mustBeEqual() {
    Tensor one = new Tensor("x", DataType.INT8, List.of(1L), new byte[] {1});
    assertThat(Closeness.near(one, one)).isTrue();
    assertThat(Closeness.near(one, new Tensor("x", DataType.INT8, List.of(1L), new byte[] {2})))
        .isFalse();
  }
}
