package dev.starling.contract.inference;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A named array of numbers or byte strings.
 *
 * <p>Data is what the binary extension of the Open Inference Protocol sends: row-major,
 * little-endian, without gaps; an element of {@link DataType#BYTES} is its length in four bytes and
 * then itself.
 *
 * @param shape the length of each dimension, 0 or more; empty for a scalar
 * @param data not copied: nobody may write to it
 */
// The bytes go from whoever made them to the model; nobody compares tensors by identity.
@SuppressWarnings("ArrayRecordComponent")
public record Tensor(String name, DataType type, List<Long> shape, byte[] data) {
  public static final int MAX_RANK = 8;

  static final Codec<Tensor> CODEC = new TensorCodec();

  public Tensor {
    shape = List.copyOf(shape);
  }

  /**
   * How many elements the shape has.
   *
   * @throws IllegalArgumentException for a negative dimension, too many of them, or a product of
   *     more than 2^31 - 1
   */
  public long elements() {
    return elements(shape);
  }

  /** As {@link #elements()}, of a shape. */
  public static long elements(List<Long> shape) {
    if (shape.size() > MAX_RANK) {
      throw new IllegalArgumentException(
          "rank: " + shape.size() + " (expected: <= " + MAX_RANK + ")");
    }
    long count = 1;
    for (long length : shape) {
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "shape: " + shape + " (expected: dimensions of 0..2147483647)");
      }
      count *= length;
      if (count > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "shape: " + shape + " (expected: at most 2147483647 elements)");
      }
    }
    return count;
  }

  private static final class TensorCodec implements Codec<Tensor> {
    private static final DataType[] TYPES = DataType.values();

    @Override
    public void encode(Tensor value, WireWriter out) {
      out.writeString(value.name());
      out.writeEnum(value.type());
      out.writeAll(value.shape(), WireWriter::writeVarLong);
      out.writeBytes(value.data());
    }

    @Override
    public Tensor decode(WireReader in) {
      String name = in.readString();
      DataType type = in.readEnum(TYPES);
      List<Long> shape = new ArrayList<>(in.readAll(WireReader::readVarLong));
      if (shape.size() > MAX_RANK) {
        throw new MalformedFrameException(
            "rank: " + shape.size() + " (expected: <= " + MAX_RANK + ")");
      }
      return new Tensor(name, type, shape, in.readBytes());
    }
  }
}
