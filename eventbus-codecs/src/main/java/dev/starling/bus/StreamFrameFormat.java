package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * The bytes of a stream's frames behind the head that all frames have; see {@link FrameFormat}.
 *
 * <pre>
 * data   = from to number item          ; kind 3
 * grant  = from to sent items bytes     ; kind 4
 * end    = from to sent                 ; kind 5
 * reset  = from to code message         ; kind 6
 * from, to = node instance stream
 * </pre>
 */
final class StreamFrameFormat {
  static final int DATA = 3;
  static final int GRANT = 4;
  static final int END = 5;
  static final int RESET = 6;

  private StreamFrameFormat() {}

  static int kind(StreamFrame frame) {
    if (frame instanceof StreamFrame.Data) {
      return DATA;
    } else if (frame instanceof StreamFrame.Grant) {
      return GRANT;
    } else if (frame instanceof StreamFrame.End) {
      return END;
    }
    return RESET;
  }

  static void encode(StreamFrame frame, WireWriter out) {
    frame.from().encode(out);
    frame.to().encode(out);
    if (frame instanceof StreamFrame.Data data) {
      out.writeVarLong(data.number());
      out.writeBytes(FrameFormat.encoded(data.payload()));
    } else if (frame instanceof StreamFrame.Grant grant) {
      out.writeVarLong(grant.sent());
      grant.credit().encode(out);
    } else if (frame instanceof StreamFrame.End end) {
      out.writeVarLong(end.sent());
    } else if (frame instanceof StreamFrame.Reset reset) {
      out.writeVarInt(reset.reason().code().number());
      out.writeString(String.valueOf(reset.reason().getMessage()));
    }
  }

  /** Reads a frame of one of these kinds. */
  static StreamFrame decode(int kind, WireReader in) {
    StreamEnd from = StreamEnd.decode(in);
    StreamEnd to = StreamEnd.decode(in);
    return switch (kind) {
      case DATA ->
          new StreamFrame.Data(from, to, in.readVarLong(), new EncodedPayload(in.readBytes()));
      case GRANT -> new StreamFrame.Grant(from, to, in.readVarLong(), Credit.decode(in));
      case END -> new StreamFrame.End(from, to, in.readVarLong());
      default -> new StreamFrame.Reset(from, to, FrameFormat.failure(in));
    };
  }
}
