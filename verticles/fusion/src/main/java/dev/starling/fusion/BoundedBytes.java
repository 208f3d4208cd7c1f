package dev.starling.fusion;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Collects bytes up to a bound. Not thread-safe. */
final class BoundedBytes extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int most;

  /** There are more than there may be. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1L;
  }

  BoundedBytes(int most) {
    this.most = most;
  }

  @Override
  public void write(int one) throws IOException {
    room(1);
    bytes.write(one);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    room(length);
    bytes.write(from, offset, length);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  private void room(int more) throws Full {
    if (more > most - bytes.size()) {
      throw new Full();
    }
  }
}
