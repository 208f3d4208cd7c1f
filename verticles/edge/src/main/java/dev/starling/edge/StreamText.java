package dev.starling.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Item;
import dev.starling.sdk.Json;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

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

  /**
   * What became of a line of a bulk request: its number, status and header fields, and either the
   * result or the problem.
   */
  static Item answered(Answered answered, String requestId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("line", answered.number());
      if (answered.reply() instanceof Done done) {
        json.writeNumberField("status", HttpErrors.status(done.kind()));
        headers(json, done.headers());
        if (done.body().length > 0) {
          json.writeFieldName("result");
          json.writeRawValue(new String(done.body(), UTF_8));
        }
      } else if (answered.reply() instanceof Refused refused) {
        Problem problem = HttpErrors.problem(refused);
        json.writeNumberField("status", problem.status());
        headers(json, refused.headers());
        json.writeFieldName("problem");
        json.writeRawValue(new String(problem.toJson(requestId), UTF_8));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory: never
    }
    return new Item("", "", bytes.toByteArray());
  }

  private static void headers(JsonGenerator json, List<Header> headers) throws IOException {
    if (!headers.isEmpty()) {
      json.writeObjectFieldStart("headers");
      for (Header header : headers) {
        json.writeStringField(header.name(), header.value());
      }
      json.writeEndObject();
    }
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
