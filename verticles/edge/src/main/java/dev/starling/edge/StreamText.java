package dev.starling.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.buffer.Buffer;

/** What a stream looks like in the body of a response. Each piece is one write. */
final class StreamText {
  private static final byte[] ID = "id: ".getBytes(UTF_8);
  private static final byte[] EVENT = "event: ".getBytes(UTF_8);
  private static final byte[] DATA = "data: ".getBytes(UTF_8);
  private static final byte[] ERROR = "{\"error\":".getBytes(UTF_8);

  private StreamText() {}

  static Buffer item(Delivery delivery, Item item) {
    byte[] data = item.data();
    if (delivery == Delivery.LINES) {
      return Buffer.buffer(data.length + 1).appendBytes(oneLine(data)).appendByte((byte) '\n');
    }
    Buffer text = Buffer.buffer(data.length + 64);
    if (!item.id().isEmpty()) {
      line(text, ID, item.id().getBytes(UTF_8));
    }
    return event(text, item.event(), data);
  }

  /** The end of a stream that is complete. Browsers come back unless they are told. */
  static Buffer end(Delivery delivery) {
    return delivery == Delivery.LINES
        ? Buffer.buffer()
        : event(Buffer.buffer(), "end", "{}".getBytes(UTF_8));
  }

  /**
   * The end of a stream that is not complete.
   *
   * @param problem the problem document
   */
  static Buffer error(Delivery delivery, byte[] problem) {
    return delivery == Delivery.LINES
        ? Buffer.buffer().appendBytes(ERROR).appendBytes(problem).appendString("}\n")
        : event(Buffer.buffer(), "error", problem);
  }

  /** Says that the stream is there, and nothing else: a comment, or an empty line. */
  static Buffer heartbeat(Delivery delivery) {
    return Buffer.buffer(delivery == Delivery.LINES ? "\n" : ":\n\n");
  }

  private static Buffer event(Buffer text, String event, byte[] data) {
    if (!event.isEmpty()) {
      line(text, EVENT, event.getBytes(UTF_8));
    }
    line(text, DATA, oneLine(data));
    return text.appendByte((byte) '\n');
  }

  private static void line(Buffer text, byte[] field, byte[] value) {
    text.appendBytes(field).appendBytes(value).appendByte((byte) '\n');
  }

  /** A JSON document means the same with a space where it has a line break. */
  private static byte[] oneLine(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        byte[] line = json.clone();
        for (int j = i; j < line.length; j++) {
          line[j] = line[j] == '\n' || line[j] == '\r' ? (byte) ' ' : line[j];
        }
        return line;
      }
    }
    return json;
  }
}
