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

  // Up to 127 characters, or some 25 tokens, are a row; those of each bucket after it are twice as
  // many.
  private static final int ONE_ROW = Integer.SIZE - Integer.numberOfLeadingZeros(127);

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
    int rowsEach = rowsEach(request);
    int count = mode == Mode.WHOLE ? 1 : (request.rows() + rowsEach - 1) / rowsEach;
    Answer answer = new Answer(version, request.outputs(), count, span);
    List<Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = i * rowsEach;
      Rows rows =
          mode == Mode.WHOLE
              ? Rows.whole(request.inputs())
              : Rows.of(request.inputs(), from, Math.min(rowsEach, request.rows() - from));
      if (mode == Mode.TOGETHER && tokenized) {
        int bucket = bucket(rows.inputs(), rows.from(), rows.count());
        int room = rows.count() * rowsOfOne(bucket);
        parts.add(new Part(answer, i, rows, room, bucket, context, nowNanos));
      } else {
        parts.add(new Part(answer, i, rows, rows.count(), key(rows), context, nowNanos));
      }
    }
    return parts;
  }

  /** Of texts fewer, when they are long: no part is larger than a batch. */
  private int rowsEach(Fitting request) {
    return mode == Mode.TOGETHER && tokenized
        ? Math.max(1, rowsAtOnce / rowsOfOne(bucket(request.inputs(), 0, request.rows())))
        : rowsAtOnce;
  }

  private Object key(Rows rows) {
    if (mode != Mode.TOGETHER) {
      return new Object();
    }
    return oneShape
        ? ANY
        : rows.inputs().stream().map(Input::tensor).map(Tensors::rowShape).toList();
  }

  /**
   * Texts are bucketed by their characters, since counting tokens takes a good part of the time
   * that it is to save. A wrong guess costs padding, nothing else.
   */
  private static int bucket(List<Input> inputs, int from, int count) {
    int longest = 0;
    for (String text : inputs.get(0).texts().subList(from, from + count)) {
      longest = Math.max(longest, text.length());
    }
    return Math.max(SHORTEST, Integer.SIZE - Integer.numberOfLeadingZeros(longest));
  }

  /**
   * How many rows a text of a bucket counts as. To run many long texts together makes none of them
   * cheaper, and all of them wait for all.
   */
  private int rowsOfOne(int bucket) {
    return Math.min(rowsAtOnce, 1 << Math.max(0, bucket - ONE_ROW));
  }
}
