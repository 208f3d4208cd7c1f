package dev.starling.cluster;

import io.vertx.core.buffer.Buffer;

/** What somebody can send to an event bus of Vert.x 5.0 who has only read how it does it. */
final class RawFrame {
  private static final byte VERSION = 2;
  private static final byte STRING_CODEC = 9;
  private static final byte PUBLISH = 1;

  private RawFrame() {}

  /** A text, published to the address on which every node listens for events. */
  static byte[] toEveryNode() {
    Buffer frame = Buffer.buffer().appendInt(0).appendByte(VERSION).appendByte(STRING_CODEC);
    frame.appendByte(PUBLISH);
    text(frame, "starling.events");
    frame.appendInt(0); // no reply address
    text(frame, "n-stranger");
    frame.appendInt(4); // no headers
    text(frame, "not a frame of ours");
    return frame.setInt(0, frame.length() - 4).getBytes();
  }

  private static void text(Buffer frame, String text) {
    frame.appendInt(text.length()).appendString(text);
  }
}
