package dev.starling.edge;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.StreamMessage;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose body comes from the bus in pieces, as fast as the client reads it. Confined to
 * the event loop of its exchange.
 *
 * <p>Its length is said beforehand, so a client can tell an answer that was cut off.
 */
final class PieceResponse {
  private static final long UNKNOWN = -1;
  private static final long NO_TIMER = -1;

  /** Error code of HTTP/2. */
  private static final long INTERNAL_ERROR = 2;

  private final Exchange exchange;
  private final BusStream<StreamMessage, StreamMessage> stream;
  private final HttpServerResponse response;
  private final Vertx vertx;
  private final int status;
  private final long length;
  private final boolean headOnly;
  private long bytes;
  private long stall = NO_TIMER;
  private boolean complete;
  private boolean over;

  /** Writes the head. */
  PieceResponse(Exchange exchange, BusStream<StreamMessage, StreamMessage> stream, Done head) {
    this.exchange = exchange;
    this.stream = stream;
    this.response = exchange.request().response();
    this.vertx = exchange.loop().context.owner();
    this.status = HttpErrors.status(head.kind());
    this.length = length(head.headers());
    this.headOnly = exchange.method() == Method.HEAD;
    Answer.begin(exchange, status);
    MultiMap fields = response.headers();
    Answer.addAll(
        exchange, fields, head.headers().stream().filter(header -> !isLength(header)).toList());
    if (length != 0) {
      fields.add(Names.CONTENT_TYPE, Answer.contentType(head.contentType()));
    }
    if (length != UNKNOWN) {
      fields.add(Names.CONTENT_LENGTH, Long.toString(length));
    } else {
      response.setChunked(true);
    }
    response.drainHandler(drained -> drained());
  }

  void write(byte[] piece) {
    if (over || headOnly) {
      return;
    }
    bytes += piece.length;
    if (length != UNKNOWN && bytes > length) {
      cutOff();
      return;
    }
    try {
      response.write(Buffer.buffer(piece)).onFailure(failure -> exchange.abort());
    } catch (IllegalStateException closed) {
      exchange.abort();
      return;
    }
    if (response.writeQueueFull() && stall == NO_TIMER) {
      stream.pause();
      stall =
          vertx.setTimer(
              exchange.loop().config.idleTimeout().toMillis(),
              late -> {
                stall = NO_TIMER;
                cutOff();
              });
    }
  }

  /** The service has sent all. */
  void end() {
    if (over) {
      return;
    }
    if (!headOnly && length != UNKNOWN && bytes != length) {
      cutOff();
      return;
    }
    complete = true;
    stream.end();
    try {
      response.end();
    } catch (IllegalStateException closed) {
      exchange.abort();
      return;
    }
    exchange.pageEnded(status, bytes);
  }

  /** It cannot be completed, and the client must not take it for complete. */
  void cutOff() {
    if (over) {
      return;
    }
    over = true;
    if (exchange.isHttp2()) {
      response.reset(INTERNAL_ERROR);
    } else {
      exchange.connection().close();
    }
    exchange.pageEnded(status, bytes);
  }

  /** Whether the service's part is done. */
  boolean isComplete() {
    return complete;
  }

  void exchangeEnded() {
    over = true;
    cancelStall();
  }

  private void drained() {
    cancelStall();
    stream.resume();
  }

  private void cancelStall() {
    if (stall != NO_TIMER) {
      vertx.cancelTimer(stall);
      stall = NO_TIMER;
    }
  }

  private static boolean isLength(Header header) {
    return header.name().equals("content-length");
  }

  private static long length(List<Header> headers) {
    for (Header header : headers) {
      if (isLength(header)) {
        return parse(header.value());
      }
    }
    return UNKNOWN;
  }

  private static long parse(@Nullable String text) {
    try {
      return Math.max(UNKNOWN, Long.parseLong(String.valueOf(text)));
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }
}
