package dev.starling.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.engine.InputCheck.Fitting;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How much of a batch of 32 texts take. */
class SplitterTest {
  private static final CallContext CALL =
      CallContext.expiringAt(Long.MAX_VALUE / 2, TraceContext.start(new SplittableRandom(1)));

  private final Splitter splitter =
      new Splitter(
          Mode.TOGETHER, 32, List.of(new TensorRecord("text", DataType.BYTES, List.of(-1L))), true);

  @Test
  void split_shortTexts_takeARowEach() {
    List<Part> parts = split(Collections.nCopies(40, "x".repeat(127)));

    assertThat(parts).extracting(Part::rows).containsExactly(32, 8);
    assertThat(parts).extracting(Part::room).containsExactly(32, 8);
  }

  @Test
  void split_longTexts_areFewerAtOnce() {
    List<Part> parts = split(Collections.nCopies(10, "x".repeat(300)));

    assertThat(parts).extracting(Part::rows).containsExactly(8, 2);
    assertThat(parts).extracting(Part::room).containsExactly(32, 8);
  }

  @Test
  void split_endlessTexts_goOneByOne() {
    List<Part> parts = split(Collections.nCopies(2, "x".repeat(100_000)));

    assertThat(parts).extracting(Part::rows).containsExactly(1, 1);
    assertThat(parts).extracting(Part::room).containsExactly(32, 32);
  }

  private List<Part> split(List<String> texts) {
    Input input = new Input(TestEngine.texts("text", texts.toArray(new String[0])), texts);
    return splitter.split(
        new Fitting(List.of(input), texts.size(), List.of(0)), "1", CALL, null, 0);
  }
}
