package dev.starling.inference.vetting;

import static dev.starling.inference.vetting.ProtoReader.repeated;

import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;

/**
 * Looks through tensors that stand in a file: all of their data must be there, inside the file, and
 * as much as their dimensions say.
 */
final class TensorScan {
  /** More than any operator of ONNX takes. */
  private static final int MAX_RANK = 32;

  private static final long REPEATED =
      repeated(
          TensorFields.DIMS,
          TensorFields.FLOAT_DATA,
          TensorFields.INT32_DATA,
          TensorFields.STRING_DATA,
          TensorFields.INT64_DATA,
          TensorFields.DOUBLE_DATA,
          TensorFields.UINT64_DATA,
          TensorFields.EXTERNAL_DATA,
          TensorFields.METADATA_PROPS);

  private final ProtoReader in;
  private final Limits limits;
  private int tensors;
  private long denseBytes;

  TensorScan(ProtoReader in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /** What a tensor says of itself. */
  record Seen(String name, ElementType type) {}

  /** A {@code TensorProto}. */
  Seen tensor(String field) throws IOException {
    in.enter(field, REPEATED);
    countOne();
    String name = "";
    long typeNumber = 0;
    Dimensions dims = new Dimensions();
    long rawBytes = -1;
    // By field number; those of the fields that hold data are below 12.
    long[] values = new long[12];
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case TensorFields.DIMS -> in.varints(dims::add);
        case TensorFields.DATA_TYPE -> typeNumber = in.varint();
        case TensorFields.NAME -> name = in.text();
        case TensorFields.FLOAT_DATA -> values[next] += in.skipNumbers(WireFormat.WIRETYPE_FIXED32);
        case TensorFields.DOUBLE_DATA ->
            values[next] += in.skipNumbers(WireFormat.WIRETYPE_FIXED64);
        case TensorFields.INT32_DATA, TensorFields.INT64_DATA, TensorFields.UINT64_DATA ->
            values[next] += in.skipNumbers(WireFormat.WIRETYPE_VARINT);
        case TensorFields.STRING_DATA -> {
          in.skip();
          values[next]++;
        }
        case TensorFields.RAW_DATA -> rawBytes = in.skip();
        case TensorFields.DOC_STRING, TensorFields.METADATA_PROPS -> in.skip();
        case TensorFields.EXTERNAL_DATA -> throw elsewhere(name);
        case TensorFields.DATA_LOCATION -> {
          if (in.varint() != 0) {
            throw elsewhere(name);
          }
        }
        case TensorFields.SEGMENT ->
            throw in.refusal("tensor '" + name + "': a segment (expected: a whole tensor)");
        default -> throw in.unknown();
      }
      if (dims.tooMany()) {
        throw in.refusal("tensor '" + name + "': rank > " + MAX_RANK);
      }
    }
    ElementType type = ElementType.of(typeNumber);
    if (type == ElementType.UNDEFINED) {
      throw in.refusal("tensor '" + name + "': data_type " + typeNumber + " (expected: 1..26)");
    }
    requireData(name, type, dims, rawBytes, values);
    return new Seen(name, type);
  }

  /** A {@code SparseTensorProto}. ONNX Runtime fills it up when it is loaded. */
  Seen sparse(String field) throws IOException {
    in.enter(field, repeated(3));
    Seen values = new Seen("", ElementType.UNDEFINED);
    Dimensions dims = new Dimensions();
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> values = tensor("values");
        case 2 -> tensor("indices");
        case 3 -> in.varints(dims::add);
        default -> throw in.unknown();
      }
      if (dims.tooMany()) {
        throw in.refusal("sparse tensor '" + values.name() + "': rank > " + MAX_RANK);
      }
    }
    long elements = elements(values.name(), dims);
    denseBytes += Math.max(elements, values.type().rawBytes(elements));
    if (denseBytes > limits.denseBytes() || denseBytes < 0) {
      throw in.refusal(
          "sparse tensor '"
              + values.name()
              + "': "
              + dims
              + " fills more than the "
              + limits.denseBytes()
              + " bytes that all of them may");
    }
    return values;
  }

  private void requireData(
      String name, ElementType type, Dimensions dims, long rawBytes, long[] values) {
    long elements = elements(name, dims);
    boolean raw = rawBytes >= 0;
    for (int field = 0; field < values.length; field++) {
      if (values[field] != 0 && (raw || field != type.dataField)) {
        throw in.refusal(
            "tensor '"
                + name
                + "': values in field "
                + field
                + " (expected: not with "
                + type
                + (raw ? " in raw_data" : "")
                + ")");
      }
    }
    if (raw && type == ElementType.STRING) {
      throw in.refusal("tensor '" + name + "': raw_data (expected: none with STRING)");
    }
    long expected = raw ? type.rawBytes(elements) : type.values(elements);
    long there = raw ? rawBytes : values[type.dataField];
    if (there != expected) {
      throw in.refusal(
          "tensor '"
              + name
              + "': "
              + there
              + (raw ? " bytes" : " values")
              + " (expected: "
              + expected
              + " for "
              + type
              + " "
              + dims
              + ")");
    }
  }

  /** So many that their bytes still fit in a long. */
  private long elements(String name, Dimensions dims) {
    long elements = 1;
    for (long length : dims.lengths()) {
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw in.refusal("tensor '" + name + "': dims " + dims + " (expected: 0..2147483647)");
      }
      elements *= length;
      if (elements > Integer.MAX_VALUE) {
        throw in.refusal(
            "tensor '" + name + "': dims " + dims + " (expected: at most 2147483647 elements)");
      }
    }
    return elements;
  }

  private void countOne() {
    if (++tensors > limits.tensors()) {
      throw in.refusal("tensors: more than " + limits.tensors());
    }
  }

  private RefusedFile elsewhere(String name) {
    return in.refusal("tensor '" + name + "': its data is outside of the file (expected: inside)");
  }

  /** The lengths of a tensor's dimensions; those beyond the bound are counted and not kept. */
  private static final class Dimensions {
    private final long[] lengths = new long[MAX_RANK];
    private int rank;

    void add(long length) {
      if (rank < MAX_RANK) {
        lengths[rank] = length;
      }
      rank = Math.min(rank + 1, MAX_RANK + 1);
    }

    boolean tooMany() {
      return rank > MAX_RANK;
    }

    long[] lengths() {
      return Arrays.copyOf(lengths, rank);
    }

    @Override
    public String toString() {
      return Arrays.toString(lengths());
    }
  }
}
