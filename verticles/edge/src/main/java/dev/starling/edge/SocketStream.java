package dev.starling.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream over a WebSocket: each item a text message. What the client sends goes to the service as
 * it grants credit; beyond that the socket is not read.
 */
final class SocketStream extends ClientStream {
  private static final Logger log = LoggerFactory.getLogger(SocketStream.class);
  private static final int SWITCHING_PROTOCOLS = 101;

  // Status codes of RFC 6455.
  private static final short NORMAL = 1000;
  private static final short GOING_AWAY = 1001;

  private final boolean listens;
  private final long heartbeatNanos;

  /** Items that came before the handshake was over; at most a window. */
  private final Deque<Item> early = new ArrayDeque<>();

  private @Nullable ServerWebSocket socket;
  private @Nullable Runnable lastWord;
  private long heardNanos;
  private long wroteNanos;
  private long bytes;

  /**
   * @param listens whether the service takes items
   */
  SocketStream(Exchange exchange, BusStream<StreamMessage, StreamMessage> stream, boolean listens) {
    super(exchange, stream);
    this.listens = listens;
    this.heartbeatNanos = exchange.loop().config.streams().heartbeat().toNanos();
  }

  void start() {
    begin();
    if (!listens) {
      stream.end();
    }
    Answer.begin(exchange, 200);
    exchange
        .request()
        .toWebSocket()
        .onComplete(
            (opened, failure) -> {
              if (opened == null) {
                log.debug("A WebSocket could not be opened: {}", String.valueOf(failure));
                left();
              } else {
                opened(opened);
              }
            });
  }

  private void opened(ServerWebSocket opened) {
    socket = opened;
    heardNanos = System.nanoTime();
    wroteNanos = heardNanos;
    opened.closeHandler(
        closed -> {
          closedByClient(opened.closeStatusCode());
          // The connection's own handler does not outlive the handshake.
          exchange.loop().connections.closed(exchange.request().connection());
        });
    opened.exceptionHandler(failure -> log.debug("A WebSocket failed: {}", failure.toString()));
    opened.textMessageHandler(this::message);
    opened.binaryMessageHandler(binary -> refuse(StreamErrors.binaryMessage()));
    opened.pongHandler(pong -> heardNanos = System.nanoTime());
    opened.drainHandler(ready -> drained());
    stream.onWritable(opened::resume);
    early.forEach(this::send);
    early.clear();
    Runnable last = lastWord;
    if (last != null) {
      last.run();
    }
  }

  @Override
  boolean write(Item item) {
    if (socket == null) {
      early.add(item);
      return true;
    }
    send(item);
    return socket.isClosed() || !socket.writeQueueFull();
  }

  private void send(Item item) {
    wroteNanos = System.nanoTime();
    bytes += item.data().length;
    unlessClosed(open -> open.writeTextMessage(new String(item.data(), UTF_8)));
  }

  /** The socket may be closed already, of which {@link #closedByClient} has yet to be told. */
  private void unlessClosed(Consumer<ServerWebSocket> action) {
    ServerWebSocket open = Objects.requireNonNull(socket);
    if (!open.isClosed()) {
      action.accept(open);
    }
  }

  @Override
  void conclude(@Nullable StreamFailure failure) {
    lastWord =
        () -> {
          exchange.streamEnded(SWITCHING_PROTOCOLS, bytes);
          unlessClosed(
              open -> {
                if (failure == null) {
                  open.close(NORMAL);
                } else {
                  open.close(failure.closeCode(), failure.closeReason());
                }
              });
        };
    if (socket != null) {
      lastWord.run();
    }
  }

  @Override
  void tick(long nowNanos) {
    ServerWebSocket open = socket;
    if (open == null) {
      return;
    }
    if (nowNanos - heardNanos > 3 * heartbeatNanos) {
      left();
      unlessClosed(ServerWebSocket::close);
    } else if (nowNanos - Math.min(wroteNanos, heardNanos) >= heartbeatNanos
        && !open.isClosed()
        && !open.writeQueueFull()) {
      wroteNanos = nowNanos;
      unlessClosed(quiet -> quiet.writePing(Buffer.buffer()));
    }
  }

  private void message(String text) {
    heardNanos = System.nanoTime();
    if (isOver()) {
      return;
    }
    if (!listens) {
      refuse(StreamErrors.unwantedMessage());
      return;
    }
    if (!stream.send(new Item("", "", text.getBytes(UTF_8)))) {
      Objects.requireNonNull(socket).pause();
    }
  }

  /** One that said goodbye has sent all that it wanted; either way it hears nothing any more. */
  private void closedByClient(@Nullable Short code) {
    if (!isOver()) {
      if (code != null && (code == NORMAL || code == GOING_AWAY)) {
        stream.end();
      }
      left();
    }
  }

  private void left() {
    if (!isOver()) {
      gone();
      exchange.streamEnded(socket == null ? 0 : SWITCHING_PROTOCOLS, bytes);
    }
  }
}
