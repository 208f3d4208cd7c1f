package dev.starling.inference.engine;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.pipeline.TextTokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks whether a request is what a model takes, before any of it reaches native code. Immutable.
 *
 * <p>No dimension may be 0: kernels divide by them.
 */
final class InputCheck {
  private final List<TensorRecord> inputs;
  private final List<String> outputs;
  private final List<Integer> allOutputs;
  private final boolean byRows;
  private final int maxRows;

  /**
   * @param byRows whether the first dimension of all inputs is the rows of the request
   * @param maxRows of a request; without rows, the longest first dimension where it is free
   */
  InputCheck(List<TensorRecord> inputs, List<String> outputs, boolean byRows, int maxRows) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.allOutputs = IntStream.range(0, outputs.size()).boxed().toList();
    this.byRows = byRows;
    this.maxRows = maxRows;
  }

  /** What was found. */
  sealed interface Checked {}

  /**
   * @param inputs in the model's order
   * @param rows 1 when the request has none
   * @param outputs where those that are wanted stand in the model's order
   */
  record Fitting(List<Input> inputs, int rows, List<Integer> outputs) implements Checked {}

  /**
   * @param detail names what was expected
   */
  record Unfit(String detail) implements Checked {}

  Checked check(Infer request) {
    try {
      List<Input> fitting = inputs(request.inputs());
      return new Fitting(fitting, rows(fitting), outputs(request.outputs()));
    } catch (IllegalArgumentException e) {
      return new Unfit(String.valueOf(e.getMessage()));
    }
  }

  private List<Input> inputs(List<Tensor> tensors) {
    List<Input> fitting = new ArrayList<>(inputs.size());
    for (TensorRecord record : inputs) {
      fitting.add(input(record, find(record, tensors)));
    }
    if (tensors.size() != inputs.size()) {
      throw new IllegalArgumentException(
          "inputs: "
              + tensors.stream().map(Tensor::name).toList()
              + " (expected: "
              + inputs.stream().map(TensorRecord::name).toList()
              + ")");
    }
    return fitting;
  }

  private Tensor find(TensorRecord record, List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      if (tensor.name().equals(record.name())) {
        return tensor;
      }
    }
    throw new IllegalArgumentException(
        "inputs: %s is missing (expected: %s%s)"
            .formatted(record.name(), record.type(), record.shape()));
  }

  private Input input(TensorRecord record, Tensor tensor) {
    if (tensor.type() != record.type()) {
      throw new IllegalArgumentException(
          "inputs.%s.datatype: %s (expected: %s)"
              .formatted(record.name(), tensor.type(), record.type()));
    }
    if (!fits(record.shape(), tensor.shape())) {
      throw new IllegalArgumentException(
          "inputs.%s.shape: %s (expected: %s, -1 for 1 or more)"
              .formatted(record.name(), tensor.shape(), record.shape()));
    }
    try {
      long elements = tensor.elements();
      if (tensor.type() == DataType.BYTES) {
        return new Input(tensor, BytesElements.texts(tensor, TextTokenizer.MAX_TEXT_BYTES));
      }
      long bytes = elements * tensor.type().width();
      if (tensor.data().length != bytes) {
        throw new IllegalArgumentException(
            "data: %d bytes (expected: %d for %s%s)"
                .formatted(tensor.data().length, bytes, tensor.type(), tensor.shape()));
      }
      return new Input(tensor, List.of());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("inputs." + record.name() + "." + e.getMessage(), e);
    }
  }

  private static boolean fits(List<Long> expected, List<Long> shape) {
    if (expected.size() != shape.size()) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      long length = shape.get(i);
      if (length < 1 || (expected.get(i) >= 0 && expected.get(i) != length)) {
        return false;
      }
    }
    return true;
  }

  private int rows(List<Input> fitting) {
    long rows = 0;
    for (int i = 0; i < fitting.size(); i++) {
      boolean free = !inputs.get(i).shape().isEmpty() && inputs.get(i).shape().get(0) < 0;
      long length = Tensors.rows(fitting.get(i).tensor());
      if (free && length > maxRows) {
        throw new IllegalArgumentException(
            "inputs.%s.shape: %d rows (expected: <= %d)"
                .formatted(inputs.get(i).name(), length, maxRows));
      }
      if (byRows && i > 0 && length != rows) {
        throw new IllegalArgumentException(
            "inputs.%s.shape: %d rows (expected: %d, as in %s)"
                .formatted(inputs.get(i).name(), length, rows, inputs.get(0).name()));
      }
      rows = length;
    }
    return byRows ? (int) rows : 1;
  }

  private List<Integer> outputs(List<String> wanted) {
    if (wanted.isEmpty()) {
      return allOutputs;
    }
    if (new HashSet<>(wanted).size() != wanted.size() || !outputs.containsAll(wanted)) {
      throw new IllegalArgumentException(
          "outputs: " + wanted + " (expected: some of " + outputs + ", each once)");
    }
    List<Integer> indices = new ArrayList<>(wanted.size());
    for (String name : wanted) {
      indices.add(outputs.indexOf(name));
    }
    return indices;
  }
}
