package dev.starling.inference.engine;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts tensors into rows, and puts rows together. Without state. */
final class Tensors {
  private Tensors() {}

  /** How long the first dimension is; 0 for a scalar, which has none. */
  static long rows(Tensor tensor) {
    return tensor.shape().isEmpty() ? 0 : tensor.shape().get(0);
  }

  /** The shape of each row. */
  static List<Long> rowShape(Tensor tensor) {
    return tensor.shape().subList(1, tensor.shape().size());
  }

  static Tensor slice(Tensor tensor, int from, int count) {
    return count == rows(tensor)
        ? tensor
        : new Tensor(
            tensor.name(), tensor.type(), withRows(tensor, count), rowsOf(tensor, from, count));
  }

  private static byte[] rowsOf(Tensor tensor, int from, int count) {
    if (tensor.type() == DataType.BYTES) {
      long each = Tensor.elements(rowShape(tensor));
      return BytesElements.slice(tensor.data(), from * each, count * each);
    }
    int size = tensor.data().length / Math.toIntExact(rows(tensor));
    return Arrays.copyOfRange(tensor.data(), from * size, (from + count) * size);
  }

  /**
   * The parts of a tensor, one after the other; parts of as many rows share their shape. Confined
   * to one thread.
   */
  static final class Slices {
    private final Tensor tensor;
    private List<Long> shape = List.of();
    private int from;

    Slices(Tensor tensor) {
      this.tensor = tensor;
    }

    Tensor next(int count) {
      if (shape.isEmpty() || shape.get(0) != count) {
        shape = withRows(tensor, count);
      }
      byte[] data = rowsOf(tensor, from, count);
      from += count;
      return new Tensor(tensor.name(), tensor.type(), shape, data);
    }
  }

  /**
   * @throws IllegalArgumentException when their rows differ in shape, or are too many bytes
   */
  static Tensor join(List<Tensor> parts) {
    Tensor first = parts.get(0);
    long rows = 0;
    long size = 0;
    for (Tensor part : parts) {
      if (!rowShape(part).equals(rowShape(first))) {
        throw new IllegalArgumentException(
            "output %s: rows of %s and %s (expected: of one shape)"
                .formatted(first.name(), rowShape(first), rowShape(part)));
      }
      rows += rows(part);
      size += part.data().length;
    }
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "output %s: %d bytes (expected: < 2^31)".formatted(first.name(), size));
    }
    byte[] data = new byte[(int) size];
    int at = 0;
    for (Tensor part : parts) {
      System.arraycopy(part.data(), 0, data, at, part.data().length);
      at += part.data().length;
    }
    return new Tensor(first.name(), first.type(), withRows(first, rows), data);
  }

  private static List<Long> withRows(Tensor tensor, long rows) {
    List<Long> shape = new ArrayList<>(tensor.shape());
    shape.set(0, rows);
    return List.copyOf(shape);
  }
}
