package dev.starling.edge;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream in the body of a response: server-sent events or lines.
 *
 * <p>The head waits for the first item, for half a second at the most: what fails before is an
 * ordinary problem with its status. A stream of lines that is not complete ends with an error line,
 * and its response is cut off, so that nobody takes it for complete.
 */
final class ResponseStream extends ClientStream {
  private static final long HEAD_PATIENCE_NANOS = 500_000_000;

  /** Error code of HTTP/2. */
  private static final long INTERNAL_ERROR = 2;

  private final Delivery delivery;
  private final List<Header> headers;
  private final HttpServerResponse response;
  private final long openedNanos = System.nanoTime();
  private final long heartbeatNanos;
  private boolean headSent;
  private long wroteNanos;
  private long bytes;
  private @Nullable RequestLines lines;

  /**
   * @param headers of the service
   */
  ResponseStream(
      Exchange exchange,
      BusStream<StreamMessage, StreamMessage> stream,
      Delivery delivery,
      List<Header> headers) {
    super(exchange, stream);
    this.delivery = delivery;
    this.headers = headers;
    this.response = exchange.request().response();
    this.heartbeatNanos = exchange.loop().config.streams().heartbeat().toNanos();
  }

  /** With nothing to say to the service. */
  void start() {
    start(null);
  }

  /**
   * @param sent what the client sends to the service; null for nothing
   */
  void start(@Nullable RequestLines sent) {
    begin();
    lines = sent;
    if (sent == null) {
      stream.end();
    } else {
      sent.start();
    }
    response.closeHandler(closed -> left());
    response.exceptionHandler(failure -> left());
    response.drainHandler(ready -> drained());
    if (response.closed()) {
      left();
    }
  }

  @Override
  boolean write(Item item) {
    head();
    put(StreamText.item(delivery, item));
    return !response.writeQueueFull();
  }

  @Override
  void conclude(@Nullable StreamFailure failure) {
    if (lines != null && !lines.isEnded()) {
      lines.stop();
      exchange.leaveRest();
    }
    if (failure == null) {
      head();
      Buffer end = StreamText.end(delivery);
      bytes += end.length();
      ended();
      end(end);
    } else if (!headSent) {
      Answer.problem(exchange, failure.problem(), List.of());
    } else {
      byte[] problem = failure.problem().toJson(exchange.requestId().toString());
      Buffer error = StreamText.error(delivery, problem);
      bytes += error.length();
      ended();
      if (delivery == Delivery.EVENTS) {
        end(error);
      } else {
        cutOff(error);
      }
    }
  }

  private void end(Buffer last) {
    if (response.closed()) {
      return;
    }
    Future<Void> sent = response.end(last);
    if (lines != null) {
      exchange.answered(sent);
    }
  }

  @Override
  void tick(long nowNanos) {
    if (!headSent) {
      if (nowNanos - openedNanos >= HEAD_PATIENCE_NANOS) {
        head();
        // Written with something behind it, since a head alone may be held back.
        put(StreamText.heartbeat(delivery));
      }
    } else if (nowNanos - wroteNanos >= heartbeatNanos && !response.writeQueueFull()) {
      put(StreamText.heartbeat(delivery));
    }
  }

  private void head() {
    if (headSent) {
      return;
    }
    headSent = true;
    Answer.begin(exchange, 200);
    MultiMap fields = response.headers();
    Answer.addAll(exchange, fields, headers);
    fields.add(Names.CONTENT_TYPE, delivery.mediaType());
    if (!fields.contains(Names.CACHE_CONTROL)) {
      fields.add(Names.CACHE_CONTROL, Names.NO_STORE);
    }
    // The one proxy that would collect the stream before it passes it on (nginx).
    fields.add("x-accel-buffering", "no");
    response.setChunked(true);
  }

  private void put(Buffer text) {
    wroteNanos = System.nanoTime();
    bytes += text.length();
    try {
      Future<Void> written = response.write(text);
      if (!written.succeeded()) {
        written.onFailure(failure -> left());
      }
    } catch (IllegalStateException closed) {
      left();
    }
  }

  private void cutOff(Buffer last) {
    if (response.closed()) {
      return;
    }
    // A reset that overtook what is written before it would take that away.
    response
        .write(last)
        .onComplete(
            written -> {
              if (exchange.isHttp2()) {
                response.reset(INTERNAL_ERROR);
              } else {
                exchange.connection().close();
              }
            });
  }

  private void left() {
    if (!isOver()) {
      if (lines != null) {
        lines.stop();
      }
      gone();
      ended();
    }
  }

  private void ended() {
    exchange.streamEnded(headSent ? 200 : 0, bytes);
  }
}
