package dev.starling.inference.engine;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.TokenCount;
import dev.starling.inference.pipeline.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The steps after the graph. Immutable. */
final class AfterSteps {
  private static final int POOLED_RANK = 3;

  private final List<Step> steps;
  private final List<TensorRecord> outputs;

  private AfterSteps(List<Step> steps, List<TensorRecord> outputs) {
    this.steps = steps;
    this.outputs = outputs;
  }

  /**
   * @param outputs the graph's
   * @param tokenized whether a tokenizer says how long each row is
   */
  static AfterSteps of(List<Step> steps, List<TensorRecord> outputs, boolean tokenized)
      throws ModelException {
    List<TensorRecord> known = new ArrayList<>(outputs);
    for (Step step : steps) {
      if (step instanceof MeanPooling pooling) {
        int at = find(known, pooling.from(), "pipeline.after.mean-pooling.from");
        TensorRecord from = known.get(at);
        if (!tokenized) {
          throw new ModelException("pipeline.after: mean-pooling (expected: a tokenizer before)");
        }
        if (from.type() != DataType.FP32 || from.shape().size() != POOLED_RANK) {
          throw new ModelException(
              "pipeline.after.mean-pooling.from: %s is %s%s (expected: FP32[rows, tokens, n])"
                  .formatted(from.name(), from.type(), from.shape()));
        }
        known.set(
            at,
            new TensorRecord(
                pooling.to(), from.type(), List.of(from.shape().get(0), from.shape().get(2))));
      } else if (step instanceof Normalize normalize) {
        TensorRecord output =
            known.get(find(known, normalize.output(), "pipeline.after.normalize.output"));
        if (output.type() != DataType.FP32 || output.shape().isEmpty()) {
          throw new ModelException(
              "pipeline.after.normalize.output: %s is %s%s (expected: FP32 vectors)"
                  .formatted(output.name(), output.type(), output.shape()));
        }
      } else if (step instanceof TokenCount count) {
        if (!tokenized) {
          throw new ModelException("pipeline.after: token-count (expected: a tokenizer before)");
        }
        if (known.stream().anyMatch(output -> output.name().equals(count.to()))) {
          throw new ModelException(
              "pipeline.after.token-count.to: %s (expected: a name that no output has)"
                  .formatted(count.to()));
        }
        known.add(new TensorRecord(count.to(), DataType.INT32, List.of(-1L)));
      } else {
        throw new ModelException(
            "pipeline.after: " + step + " (expected: mean-pooling, normalize or token-count)");
      }
    }
    return new AfterSteps(List.copyOf(steps), List.copyOf(known));
  }

  /** What the last of them gives. */
  List<TensorRecord> outputs() {
    return outputs;
  }

  /**
   * @param lengths the tokens of each row; empty without a tokenizer
   */
  List<Tensor> apply(List<Tensor> graphOutputs, int[] lengths) {
    if (steps.isEmpty()) {
      return graphOutputs;
    }
    List<Tensor> tensors = new ArrayList<>(graphOutputs);
    for (Step step : steps) {
      if (step instanceof MeanPooling pooling) {
        tensors.replaceAll(
            tensor ->
                tensor.name().equals(pooling.from())
                    ? Vectors.mean(tensor, lengths, pooling.to())
                    : tensor);
      } else if (step instanceof Normalize normalize) {
        tensors.replaceAll(
            tensor ->
                tensor.name().equals(normalize.output()) ? Vectors.normalized(tensor) : tensor);
      } else if (step instanceof TokenCount count) {
        tensors.add(counts(count.to(), lengths));
      }
    }
    return tensors;
  }

  private static Tensor counts(String name, int[] lengths) {
    ByteBuffer data =
        ByteBuffer.allocate(lengths.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int length : lengths) {
      data.putInt(length);
    }
    return new Tensor(name, DataType.INT32, List.of((long) lengths.length), data.array());
  }

  private static int find(List<TensorRecord> known, String name, String key) throws ModelException {
    List<String> names = known.stream().map(TensorRecord::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw new ModelException(key + ": " + name + " (expected one of: " + names + ")");
    }
    return at;
  }
}
