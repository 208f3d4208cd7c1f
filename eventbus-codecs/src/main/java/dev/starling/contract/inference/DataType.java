package dev.starling.contract.inference;

import java.util.Locale;

/**
 * What the elements of a tensor are, in the words of the Open Inference Protocol. The order is on
 * the wire; new ones are added at the end.
 */
public enum DataType {
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  FP16(2),
  FP32(4),
  FP64(8),
  /** Text or other bytes; each element has its own length, in four bytes before it. */
  BYTES(0);

  private final int width;

  DataType(int width) {
    this.width = width;
  }

  /** Bytes of one element; zero when elements differ. */
  public int width() {
    return width;
  }

  /**
   * @throws IllegalArgumentException naming what was expected
   */
  public static DataType of(String name) {
    for (DataType type : values()) {
      if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "datatype: " + name + " (expected one of: " + java.util.Arrays.toString(values()) + ")");
  }
}
