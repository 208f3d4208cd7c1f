package dev.starling.inference.engine;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Made-up inputs, the same each time. Without state.
 *
 * <p>Rows differ in scale, so that whatever takes its scale from a batch shows itself; texts differ
 * in length.
 */
final class ProbeInputs {
  static final int ROWS = 3;

  private static final long SEED = 29;
  private static final List<String> TEXTS =
      List.of(
          "A short one.",
          "How do I get my money back when the parcel has never arrived?",
          "Two streets further on, behind the old station, there is a workshop where bicycles from"
              + " half the town are repaired; on Fridays its owner plays the accordion.");
  private static final double[] SCALES = {1, 4, 0.25};

  // Tried in this order for dimensions that the model leaves open: a short sequence, one element,
  // then what convolutions need.
  private static final List<Long> LENGTHS = List.of(8L, 1L, 32L, 64L, 224L);
  // Integers are mostly indices, and nothing says of how many; each is less than this.
  private static final List<Integer> BOUNDS = List.of(10, 2, 1);
  // Of one input: as many as 64 MiB of single-precision numbers.
  private static final long MAX_ELEMENTS = 1 << 24;

  private ProbeInputs() {}

  /** Texts, for a model with a tokenizer. */
  static Stream<List<Input>> texts(TensorRecord input) {
    byte[] data =
        BytesElements.join(
            TEXTS.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
    Tensor tensor = new Tensor(input.name(), DataType.BYTES, List.of((long) ROWS), data);
    return Stream.of(List.of(new Input(tensor, TEXTS)));
  }

  /**
   * Tensors to be tried one after the other, each made when it is its turn. Those that would be too
   * large are left out.
   *
   * @param haveRows whether the first dimension of each is the rows, {@value #ROWS} then
   */
  static Stream<List<Input>> tensors(List<TensorRecord> inputs, boolean haveRows) {
    return LENGTHS.stream()
        .map(length -> inputs.stream().map(record -> sized(record, haveRows, length)).toList())
        .distinct()
        .filter(sized -> sized.stream().allMatch(ProbeInputs::isSmall))
        .flatMap(sized -> BOUNDS.stream().map(bound -> inputs(sized, haveRows, bound)));
  }

  /** With a length instead of each -1. */
  private static TensorRecord sized(TensorRecord record, boolean haveRows, long length) {
    List<Long> shape = new ArrayList<>();
    for (long declared : record.shape()) {
      boolean rows = shape.isEmpty() && haveRows;
      shape.add(declared >= 0 ? declared : rows ? ROWS : length);
    }
    return new TensorRecord(record.name(), record.type(), shape);
  }

  private static boolean isSmall(TensorRecord sized) {
    long elements = 1;
    for (long length : sized.shape()) {
      // Neither factor is more than 2^24 + 1, so the product is far from what a long has.
      elements *= Math.min(length, MAX_ELEMENTS + 1);
      if (elements > MAX_ELEMENTS) {
        return false;
      }
    }
    return true;
  }

  private static List<Input> inputs(List<TensorRecord> sized, boolean haveRows, int bound) {
    SplittableRandom random = new SplittableRandom(SEED);
    return sized.stream().map(record -> input(record, haveRows, bound, random)).toList();
  }

  private static Input input(
      TensorRecord record, boolean haveRows, int bound, SplittableRandom random) {
    int count = (int) Tensor.elements(record.shape());
    if (record.type() == DataType.BYTES) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        texts.add(TEXTS.get(i % ROWS));
      }
      return new Input(
          new Tensor(record.name(), record.type(), record.shape(), new byte[0]), texts);
    }
    ByteBuffer data =
        ByteBuffer.allocate(count * record.type().width()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int row = haveRows ? i / (count / ROWS) : 0;
      put(data, record.type(), bound, SCALES[row], random);
    }
    return new Input(
        new Tensor(record.name(), record.type(), record.shape(), data.array()), List.of());
  }

  private static void put(
      ByteBuffer data, DataType type, int bound, double scale, SplittableRandom random) {
    switch (type) {
      case BOOL -> data.put((byte) random.nextInt(2));
      case INT8, UINT8 -> data.put((byte) random.nextInt(bound));
      case INT16, UINT16 -> data.putShort((short) random.nextInt(bound));
      case INT32, UINT32 -> data.putInt(random.nextInt(bound));
      case INT64, UINT64 -> data.putLong(random.nextInt(bound));
      case FP16 -> data.putShort(Fp16Conversions.floatToFp16((float) real(scale, random)));
      case FP32 -> data.putFloat((float) real(scale, random));
      case FP64 -> data.putDouble(real(scale, random));
      case BYTES -> throw new IllegalArgumentException("BYTES have no width");
    }
  }

  private static double real(double scale, SplittableRandom random) {
    return scale * random.nextDouble(-1, 1);
  }
}
