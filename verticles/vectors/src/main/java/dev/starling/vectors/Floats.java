package dev.starling.vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as bytes: numbers of four bytes, little-endian. Without state. */
final class Floats {
  private Floats() {}

  static byte[] toBytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static float[] ofBytes(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
