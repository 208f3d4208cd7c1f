package dev.starling.edge;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request's body apart into lines and sends each to the service, as it grants credit; until
 * then the body is not read. Empty lines say nothing. Confined to the event loop of the request.
 *
 * <p>What is kept is one line, which is bounded, and the rest of one piece as it came from the
 * network. Of a longer line the service is only told that it was there.
 */
final class RequestLines {
  private final HttpServerRequest request;
  private final BusStream<StreamMessage, StreamMessage> stream;
  private final int maxLineBytes;

  /** What of the current line came in earlier pieces. */
  private Buffer begun = Buffer.buffer();

  private @Nullable Buffer piece;
  private int from;
  private boolean tooLong;
  private boolean ended;

  RequestLines(
      HttpServerRequest request, BusStream<StreamMessage, StreamMessage> stream, int maxLineBytes) {
    this.request = request;
    this.stream = stream;
    this.maxLineBytes = maxLineBytes;
  }

  void start() {
    stream.onWritable(this::proceed);
    request.handler(
        buffer -> {
          piece = buffer;
          from = 0;
          proceed();
        });
    request.endHandler(
        end -> {
          ended = true;
          proceed();
        });
    // That the client left is noticed by the response.
    request.exceptionHandler(gone -> {});
    proceed();
  }

  /** Whether the client has sent all. */
  boolean isEnded() {
    return ended;
  }

  /** Reads no more. */
  void stop() {
    piece = null;
    stream.onWritable(() -> {});
    request.handler(rest -> {});
    request.pause();
  }

  private void proceed() {
    while (stream.isWritable() && nextLine()) {
      // Each was sent.
    }
    if (piece != null) {
      request.pause();
    } else if (!ended) {
      request.resume();
    } else if (hasRest() && stream.isWritable()) {
      send();
      stream.end();
    } else if (!hasRest()) {
      stream.end();
    }
  }

  private boolean hasRest() {
    return tooLong || begun.length() > 0;
  }

  /** Sends the next line that is complete; false when there is none in this piece. */
  private boolean nextLine() {
    Buffer current = piece;
    if (current == null) {
      return false;
    }
    int end = from;
    while (end < current.length() && current.getByte(end) != '\n') {
      end++;
    }
    keep(current, from, end);
    if (end == current.length()) {
      piece = null;
      return false;
    }
    from = end + 1;
    if (from == current.length()) {
      piece = null;
    }
    send();
    return true;
  }

  private void keep(Buffer current, int start, int end) {
    if (tooLong || begun.length() + end - start > maxLineBytes) {
      tooLong = true;
      begun = Buffer.buffer();
    } else {
      begun.appendBuffer(current, start, end - start);
    }
  }

  private void send() {
    if (tooLong) {
      stream.send(
          new Failed(
              new Refused(
                  Refusal.TOO_LARGE,
                  "",
                  "the line is too long (expected: <= " + maxLineBytes + " bytes)",
                  List.of(),
                  List.of())));
    } else if (!isBlank(begun)) {
      stream.send(new Item("", "", begun.getBytes()));
    }
    tooLong = false;
    begun = Buffer.buffer();
  }

  private static boolean isBlank(Buffer line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.getByte(i) > ' ' || line.getByte(i) < 0) {
        return false;
      }
    }
    return true;
  }
}
