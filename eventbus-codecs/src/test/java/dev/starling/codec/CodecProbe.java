package dev.starling.codec;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Feeds bytes to a codec and fails unless they give a value or {@link MalformedFrameException},
 * within the memory that their number justifies, and a value that is written and read again stays
 * the same.
 */
public final class CodecProbe {
  /*
   * The densest message is a list of empty texts: one byte each on the wire, and in memory a String
   * (24), its place in a list that grows (about 12) and in the list that is kept (8). Texts in a
   * set take more than twice that, but at two bytes each.
   */
  static final long BYTES_PER_BYTE = 64;
  // The reader, the outermost records and the message of an exception.
  static final long BYTES_PER_MESSAGE = 4096;

  // While Jazzer searches, the code that it weaves in to see what is covered allocates as well.
  private static final int TOLERANCE = Boolean.getBoolean("jazzer.hooks") ? 8 : 1;

  private static final int MEASUREMENTS = 3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private CodecProbe() {}

  /** Returns true when the bytes gave a value. */
  public static <T> boolean probe(Codec<T> codec, byte[] bytes) {
    T value;
    try {
      value = codec.fromBytes(bytes);
    } catch (MalformedFrameException expected) {
      checkAllocation(codec, bytes);
      return false;
    } catch (RuntimeException | Error bug) {
      throw new AssertionError("decoding threw another exception, " + shown(bytes), bug);
    }
    checkAllocation(codec, bytes);
    byte[] written = codec.toBytes(value);
    byte[] again = codec.toBytes(codec.fromBytes(written));
    if (!Arrays.equals(written, again)) {
      throw new AssertionError(
          "a round trip changed " + shown(written) + " to " + shown(again) + " of " + value);
    }
    return true;
  }

  private static void checkAllocation(Codec<?> codec, byte[] bytes) {
    long limit = TOLERANCE * (BYTES_PER_BYTE * bytes.length + BYTES_PER_MESSAGE);
    long least = Long.MAX_VALUE;
    // The first run may link call sites and load classes; what a codec needs, it needs each time.
    for (int i = 0; i < MEASUREMENTS && least > limit; i++) {
      least = Math.min(least, allocated(codec, bytes));
    }
    if (least > limit) {
      throw new AssertionError(
          "decoding allocated "
              + least
              + " bytes (expected: <= "
              + limit
              + " for "
              + bytes.length
              + " bytes of input), "
              + shown(bytes));
    }
  }

  @SuppressWarnings("CheckReturnValue") // only what it costs is of interest
  static long allocated(Codec<?> codec, byte[] bytes) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      codec.fromBytes(bytes);
    } catch (RuntimeException | Error judgedByTheCaller) {
      // Its cost counts too.
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static String shown(byte[] bytes) {
    return bytes.length
        + " bytes: "
        + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 256));
  }
}
