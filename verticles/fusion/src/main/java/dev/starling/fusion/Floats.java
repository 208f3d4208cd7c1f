package dev.starling.fusion;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Vectors as bytes: numbers of four bytes, little-endian. Without state. */
final class Floats {
  private Floats() {}

  static @Nullable Buffer toBuffer(float @Nullable [] values) {
    if (values == null) {
      return null;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Buffer.buffer(bytes.array());
  }

  static float @Nullable [] of(@Nullable Buffer bytes) {
    if (bytes == null) {
      return null;
    }
    float[] values = new float[bytes.length() / Float.BYTES];
    ByteBuffer.wrap(bytes.getBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
