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
              Priority.CRITICAL,
              true),
          new EncodedPayload(new byte[] {1, 2, 3}));

  static final StreamEnd CALLER = new StreamEnd("node-a", 3, (7L << 32) | 12);
  static final StreamEnd SERVED = new StreamEnd("node-b", 0, 1);

  static final OpenRequest<Note> OPEN =
      new OpenRequest<>(CALLER, new Credit(64, 262_144), new Note(5, "open"));
  static final OpenReply<Note> ACCEPTED =
      new OpenReply<>(new OpenReply.Accepted(SERVED, new Credit(8, 1000)), new Note(6, "accepted"));
  static final OpenReply<Note> DECLINED = new OpenReply<>(null, new Note(7, "declined"));

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
    frames.put(
        "frame-open",
        new Frame.Request(
            "notes",
            "stream.v1",
            "node-a",
            3,
            11,
            REQUEST.context(),
            new EncodedPayload(Note.STREAM.opening().request().toBytes(OPEN))));
    frames.put("frame-opened", reply(ACCEPTED));
    frames.put("frame-declined", reply(DECLINED));
    frames.put(
        "frame-data",
        new StreamFrame.Data(SERVED, CALLER, 300, new EncodedPayload(new byte[] {7, 8})));
    frames.put("frame-grant", new StreamFrame.Grant(CALLER, SERVED, 2, new Credit(364, 300_000)));
    frames.put("frame-end", new StreamFrame.End(SERVED, CALLER, 301));
    frames.put(
        "frame-reset",
        new StreamFrame.Reset(
            CALLER, SERVED, new BusException(ErrorCode.CANCELLED, "the client left")));
    frames.put("frame-cancel", new Frame.Cancel("node-a", 3, (7L << 32) | 12));
    return frames;
  }

  private static Frame.Reply reply(OpenReply<Note> reply) {
    return new Frame.Reply(
        3, 11, null, new EncodedPayload(Note.STREAM.opening().reply().toBytes(reply)));
  }

  static List<byte[]> bytes() {
    return all().values().stream().map(format()::toBytes).toList();
  }
}
