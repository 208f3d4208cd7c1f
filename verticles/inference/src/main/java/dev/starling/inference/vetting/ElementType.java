package dev.starling.inference.vetting;

import dev.starling.contract.inference.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The element types of {@code TensorProto.DataType}, in the order of their numbers.
 *
 * <p>A tensor has its data in {@code raw_data}, of {@link #bits} an element, or in the field that
 * is named for the type, some of which take several values for an element or the other way round.
 */
enum ElementType {
  UNDEFINED(0, 0, null),
  FLOAT(32, TensorFields.FLOAT_DATA, DataType.FP32),
  UINT8(8, TensorFields.INT32_DATA, DataType.UINT8),
  INT8(8, TensorFields.INT32_DATA, DataType.INT8),
  UINT16(16, TensorFields.INT32_DATA, DataType.UINT16),
  INT16(16, TensorFields.INT32_DATA, DataType.INT16),
  INT32(32, TensorFields.INT32_DATA, DataType.INT32),
  INT64(64, TensorFields.INT64_DATA, DataType.INT64),
  STRING(0, TensorFields.STRING_DATA, DataType.BYTES),
  BOOL(8, TensorFields.INT32_DATA, DataType.BOOL),
  FLOAT16(16, TensorFields.INT32_DATA, DataType.FP16),
  DOUBLE(64, TensorFields.DOUBLE_DATA, DataType.FP64),
  UINT32(32, TensorFields.UINT64_DATA, DataType.UINT32),
  UINT64(64, TensorFields.UINT64_DATA, DataType.UINT64),
  COMPLEX64(64, TensorFields.FLOAT_DATA, null),
  COMPLEX128(128, TensorFields.DOUBLE_DATA, null),
  BFLOAT16(16, TensorFields.INT32_DATA, null),
  FLOAT8E4M3FN(8, TensorFields.INT32_DATA, null),
  FLOAT8E4M3FNUZ(8, TensorFields.INT32_DATA, null),
  FLOAT8E5M2(8, TensorFields.INT32_DATA, null),
  FLOAT8E5M2FNUZ(8, TensorFields.INT32_DATA, null),
  UINT4(4, TensorFields.INT32_DATA, null),
  INT4(4, TensorFields.INT32_DATA, null),
  FLOAT4E2M1(4, TensorFields.INT32_DATA, null),
  FLOAT8E8M0(8, TensorFields.INT32_DATA, null),
  UINT2(2, TensorFields.INT32_DATA, null),
  INT2(2, TensorFields.INT32_DATA, null);

  private static final ElementType[] BY_NUMBER = values();

  final int bits;

  /** The field of {@code TensorProto} that holds values which are not raw. */
  final int dataField;

  /** What callers know it as; null for a type that they cannot send. */
  final @Nullable DataType dataType;

  ElementType(int bits, int dataField, @Nullable DataType dataType) {
    this.bits = bits;
    this.dataField = dataField;
    this.dataType = dataType;
  }

  /** The type of a number; undefined for one that is not known. */
  static ElementType of(long number) {
    return number < 0 || number >= BY_NUMBER.length ? UNDEFINED : BY_NUMBER[(int) number];
  }

  /** Bytes of raw data; some elements share one. Never called for text. */
  long rawBytes(long elements) {
    return bits >= 8 ? elements * (bits / 8) : (elements * bits + 7) / 8;
  }

  /** Values in {@link #dataField}. */
  long values(long elements) {
    if (this == COMPLEX64 || this == COMPLEX128) {
      return elements * 2;
    }
    return bits != 0 && bits < 8 ? (elements * bits + 7) / 8 : elements;
  }
}
