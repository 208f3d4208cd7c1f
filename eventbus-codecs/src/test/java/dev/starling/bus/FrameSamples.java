package dev.starling.bus;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** One frame of each kind, as it travels between nodes at a clock that stands still. */
final class FrameSamples {
  static final long NOW = 1_234_567_890_123L;

  static final TraceContext TRACE =
      new TraceContext(
          0x0af7651916cd43ddL, 0x8448eb211c80319cL, 0xb7ad6b7169203331L, (byte) 1, "congo=t61");

  static final Frame.Request REQUEST =
      new Frame.Request(
          "users",
          "find.v1",
          "node-a",
          3,
          (7L << 32) | 12,
          new CallContext(
              NOW + 250_000_000L,
              TRACE,
              new Principal("zoe", new LinkedHashSet<>(List.of("users:read", "admin"))),
              Priority.HIGH,
              true),
          new EncodedPayload(new byte[] {1, 2, 3}));

  private FrameSamples() {}

  static FrameFormat format() {
    return new FrameFormat(() -> NOW);
  }

  /** By the name of their golden bytes. */
  static Map<String, Frame> all() {
    Map<String, Frame> frames = new LinkedHashMap<>();
    frames.put("frame-request", REQUEST);
    frames.put(
        "frame-reply",
        new Frame.Reply(3, (7L << 32) | 12, null, new EncodedPayload(new byte[] {4, 5})));
    frames.put(
        "frame-failure",
        new Frame.Reply(3, 12, new BusException(ErrorCode.OVERLOADED, "queue: full"), null));
    frames.put(
        "frame-event", new Frame.Event("users.changed.v1", new EncodedPayload(new byte[] {6})));
    return frames;
  }

  static List<byte[]> bytes() {
    return all().values().stream().map(format()::toBytes).toList();
  }
}
