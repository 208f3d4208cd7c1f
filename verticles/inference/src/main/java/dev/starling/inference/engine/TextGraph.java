package dev.starling.inference.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.pipeline.TextTokenizer;
import dev.starling.inference.pipeline.TextTokenizer.Tokens;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a graph on the tokens of texts.
 *
 * <p>Texts are tokenised here, on the worker and just before the run: what expires in the queue
 * costs nothing, and there is no second hop between threads. Rows are filled up to the longest of
 * the batch.
 */
final class TextGraph implements Graph {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";

  private final OnnxSession session;
  private final TextTokenizer tokenizer;
  private final AfterSteps after;
  private final DirectMemory memory = new DirectMemory();
  private int padding;

  TextGraph(OnnxSession session, TextTokenizer tokenizer, AfterSteps after) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.after = after;
  }

  /** Whether a graph takes what a tokenizer gives. */
  static void check(List<TensorRecord> inputs) throws ModelException {
    List<String> names = inputs.stream().map(TensorRecord::name).toList();
    if (!names.contains(IDS) || !List.of(IDS, MASK, TYPES).containsAll(names)) {
      throw new ModelException(
          "inputs: %s (expected with a tokenizer: %s, and perhaps %s and %s)"
              .formatted(names, IDS, MASK, TYPES));
    }
    for (TensorRecord input : inputs) {
      boolean integers = input.type() == DataType.INT64 || input.type() == DataType.INT32;
      if (!integers || !input.shape().equals(List.of(-1L, -1L))) {
        throw new ModelException(
            "inputs.%s: %s%s (expected with a tokenizer: INT64[-1, -1] or INT32[-1, -1])"
                .formatted(input.name(), input.type(), input.shape()));
      }
    }
  }

  @Override
  public List<Tensor> run(List<Rows> batch) throws RunException {
    List<Tokens> rows = tokens(batch);
    int[] lengths = rows.stream().mapToInt(row -> row.ids().length).toArray();
    // A graph has no use for rows of nothing.
    int longest = Math.max(1, Arrays.stream(lengths).max().orElse(1));
    padding = rows.size() * longest - Arrays.stream(lengths).sum();
    List<TensorRecord> inputs = session.inputs();
    long[] sizes = new long[inputs.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (long) inputs.get(i).type().width() * rows.size() * longest;
    }
    List<ByteBuffer> buffers = memory.take(sizes);
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (int i = 0; i < sizes.length; i++) {
        TensorRecord input = inputs.get(i);
        ByteBuffer buffer = buffers.get(i);
        fill(input, rows, longest, buffer);
        feeds.put(
            input.name(),
            OnnxTensor.createTensor(
                OnnxSession.environment(),
                buffer.flip(),
                new long[] {rows.size(), longest},
                Types.toJava(input.type())));
      }
      return after.apply(session.run(feeds), lengths);
    } catch (OrtException e) {
      throw new RunException(e.getMessage());
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public int padding() {
    return padding;
  }

  private List<Tokens> tokens(List<Rows> batch) {
    List<Tokens> tokens = new ArrayList<>();
    for (Rows rows : batch) {
      List<String> texts = rows.inputs().get(0).texts();
      int from = rows.whole() ? 0 : rows.from();
      int to = rows.whole() ? texts.size() : rows.from() + rows.count();
      for (String text : texts.subList(from, to)) {
        tokens.add(tokenizer.encode(text));
      }
    }
    return tokens;
  }

  private void fill(TensorRecord input, List<Tokens> rows, int longest, ByteBuffer buffer) {
    boolean wide = input.type() == DataType.INT64;
    long rest = input.name().equals(IDS) ? tokenizer.padId() : 0;
    for (Tokens row : rows) {
      int length = row.ids().length;
      for (int i = 0; i < longest; i++) {
        long value = i < length ? value(input.name(), row, i) : rest;
        if (wide) {
          buffer.putLong(value);
        } else {
          buffer.putInt((int) value);
        }
      }
    }
  }

  private static long value(String input, Tokens row, int token) {
    return switch (input) {
      case IDS -> row.ids()[token];
      case TYPES -> row.types()[token];
      default -> 1;
    };
  }
}
