package dev.starling.inference.engine;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Whether two runs gave the same.
 *
 * <p>Floating-point numbers may differ by 1e-5 of the largest in the tensor, or of 1 when that is
 * less: kernels add in another order when there are more rows. Half-precision ones may differ by
 * 2^-9, which is two of their units in the last place. All others are equal or different.
 */
final class Closeness {
  private static final double TOLERANCE = 1e-5;
  private static final double HALF_TOLERANCE = 0x1p-9;

  private Closeness() {}

  static boolean near(Tensor a, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      return false;
    }
    return switch (a.type()) {
      case FP32, FP64 -> near(a, b, TOLERANCE);
      case FP16 -> near(a, b, HALF_TOLERANCE);
      default -> Arrays.equals(a.data(), b.data());
    };
  }

  private static boolean near(Tensor a, Tensor b, double tolerance) {
    int count = (int) a.elements();
    double largest = 1;
    for (int i = 0; i < count; i++) {
      double value = Math.abs(value(a, i));
      largest = Double.isFinite(value) ? Math.max(largest, value) : largest;
    }
    for (int i = 0; i < count; i++) {
      double x = value(a, i);
      double y = value(b, i);
      // As Double.compare has it, NaN is itself and so is each infinity.
      if (Double.compare(x, y) != 0 && !(Math.abs(x - y) <= tolerance * largest)) {
        return false;
      }
    }
    return true;
  }

  private static double value(Tensor tensor, int index) {
    ByteBuffer data = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.type() == DataType.FP64) {
      return data.getDouble(index * Double.BYTES);
    }
    return tensor.type() == DataType.FP32
        ? data.getFloat(index * Float.BYTES)
        : Fp16Conversions.fp16ToFloat(data.getShort(index * Short.BYTES));
  }
}
