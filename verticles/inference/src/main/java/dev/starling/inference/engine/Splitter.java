package dev.starling.inference.engine;

import dev.starling.bus.CallContext;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.engine.InputCheck.Fitting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts requests into what is run at once, and says what of them may be run together. Immutable. */
final class Splitter {
  private static final Object ANY = "any";
  // Texts of up to 31 characters are one bucket, then there is one for each power of two.
  private static final int SHORTEST = Integer.SIZE - Integer.numberOfLeadingZeros(31);

  private final Mode mode;
  private final int rowsAtOnce;
  private final boolean tokenized;
  private final boolean oneShape;

  /**
   * @param inputs what clients send
   * @param tokenized whether that is text
   */
  Splitter(Mode mode, int maxBatch, List<TensorRecord> inputs, boolean tokenized) {
    this.mode = mode;
    this.rowsAtOnce = mode == Mode.BY_ROW ? 1 : maxBatch;
    this.tokenized = tokenized;
    this.oneShape =
        inputs.stream().allMatch(record -> record.shape().stream().skip(1).allMatch(n -> n >= 0));
  }

  /**
   * @param span of the request; null when its trace is not recorded
   */
  List<Part> split(
      Fitting request,
      String version,
      CallContext context,
      @Nullable RequestSpan span,
      long nowNanos) {
    int count = mode == Mode.WHOLE ? 1 : (request.rows() + rowsAtOnce - 1) / rowsAtOnce;
    Answer answer = new Answer(version, request.outputs(), count, span);
    List<Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = i * rowsAtOnce;
      Rows rows =
          mode == Mode.WHOLE
              ? Rows.whole(request.inputs())
              : Rows.of(request.inputs(), from, Math.min(rowsAtOnce, request.rows() - from));
      parts.add(new Part(answer, i, rows, key(rows), context, nowNanos));
    }
    return parts;
  }

  private Object key(Rows rows) {
    if (mode != Mode.TOGETHER) {
      return new Object();
    }
    if (tokenized) {
      return bucket(rows);
    }
    return oneShape
        ? ANY
        : rows.inputs().stream().map(Input::tensor).map(Tensors::rowShape).toList();
  }

  /**
   * Texts are bucketed by their characters, since counting tokens takes a good part of the time
   * that it is to save. A wrong guess costs padding, nothing else.
   */
  private static int bucket(Rows rows) {
    int longest = 0;
    for (String text :
        rows.inputs().get(0).texts().subList(rows.from(), rows.from() + rows.count())) {
      longest = Math.max(longest, text.length());
    }
    return Math.max(SHORTEST, Integer.SIZE - Integer.numberOfLeadingZeros(longest));
  }
}
