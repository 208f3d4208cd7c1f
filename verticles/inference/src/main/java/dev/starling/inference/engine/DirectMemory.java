package dev.starling.inference.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory outside the heap for the inputs of one run after another, so that the hot path allocates
 * none. Not thread-safe: a worker has one.
 */
final class DirectMemory {
  // A worker keeps no more than this between runs; larger inputs get memory of their own.
  private static final int KEPT_BYTES = 8 << 20;
  // A cache line, and the widest vector register.
  private static final int ALIGNMENT = 64;
  // The largest buffer that all JVMs give.
  private static final long MAX_BYTES = Integer.MAX_VALUE - 1024L;

  private ByteBuffer kept = ByteBuffer.allocateDirect(0);

  /** Buffers of these sizes, which are good until the next call. */
  List<ByteBuffer> take(long[] sizes) throws RunException {
    long total = 0;
    for (long size : sizes) {
      total += align(size);
    }
    if (total > MAX_BYTES) {
      throw new RunException("inputs: " + total + " bytes (expected: <= " + MAX_BYTES + ")");
    }
    ByteBuffer memory = memory((int) total);
    List<ByteBuffer> buffers = new ArrayList<>(sizes.length);
    int at = 0;
    for (long size : sizes) {
      buffers.add(memory.slice(at, (int) size).order(ByteOrder.LITTLE_ENDIAN));
      at += (int) align(size);
    }
    return buffers;
  }

  private ByteBuffer memory(int bytes) {
    if (bytes > KEPT_BYTES) {
      return ByteBuffer.allocateDirect(bytes);
    }
    if (bytes > kept.capacity()) {
      // Twice as much, so that slowly growing inputs do not allocate each time.
      kept = ByteBuffer.allocateDirect(Math.min(KEPT_BYTES, 2 * bytes));
    }
    return kept;
  }

  private static long align(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
