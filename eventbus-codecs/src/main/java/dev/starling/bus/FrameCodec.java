package dev.starling.bus;

import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Carries one kind of frame on the Vert.x event bus. Thread-safe.
 *
 * <p>Bytes that are no frame become {@link Frame.Malformed}, because Vert.x decodes on the consumer
 * and what is thrown there would be nobody's.
 */
final class FrameCodec<F extends Frame> implements MessageCodec<F, Frame> {
  private final String name;
  private final FrameFormat format;

  /**
   * @param name travels in each message, hence one letter; never reuse one for other bytes
   */
  FrameCodec(String name, FrameFormat format) {
    this.name = name;
    this.format = format;
  }

  @Override
  public void encodeToWire(Buffer buffer, F frame) {
    byte[] bytes = format.toBytes(frame);
    buffer.appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Frame decodeFromWire(int position, Buffer buffer) {
    try {
      int available = buffer.length() - position - Integer.BYTES;
      int length = available < 0 ? -1 : buffer.getInt(position);
      if (length < 0 || length > available) {
        return new Frame.Malformed(
            "frame length: " + length + " (expected: 0.." + Math.max(0, available) + ")");
      }
      int start = position + Integer.BYTES;
      WireReader in = new WireReader(buffer.getBytes(start, start + length));
      Frame frame = format.decode(in);
      in.expectEnd();
      return frame;
    } catch (MalformedFrameException e) {
      return new Frame.Malformed(e.getMessage());
    }
  }

  @Override
  public Frame transform(F frame) {
    return frame;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
