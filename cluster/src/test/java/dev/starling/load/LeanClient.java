package dev.starling.load;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * As much HTTP/1.1 as a generator needs that must be cheaper than what it measures: requests are
 * written as they are given, of an answer the status counts, one call at a time on a connection. A
 * call that is not answered in time takes its connection with it, as clients do.
 *
 * <p>Calls for which no connection is free wait, in their order, and cost nothing while they do.
 * Confined to its event loop. Every call ends with its status, 0 for none in time.
 */
public final class LeanClient implements AutoCloseable {
  private static final int SWEEP_MILLIS = 5;
  private static final int CONNECT_MILLIS = 1_000;

  /** For connections that no call waits for. */
  private static final int CONNECT_AHEAD_MILLIS = 10_000;

  /** Connections that are opened at once: fewer than a server has room for, or it drops some. */
  private static final int CONNECTS = 256;

  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final String CLOSE = "\r\nconnection: close";
  private static final String LENGTH = "\r\ncontent-length: ";

  private final Vertx vertx;
  private final NetClient net;
  private final String host;
  private final int port;
  private final int maxConnections;
  private final int maxWaiting;
  private final long timer;
  private final Deque<Call> waiting = new ArrayDeque<>();
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Deque<Call> underWay = new ArrayDeque<>();
  private int open;

  /**
   * @param maxConnections that are open at once
   * @param maxWaiting calls without a connection; one more ends at once
   */
  public LeanClient(Vertx vertx, String host, int port, int maxConnections, int maxWaiting) {
    this.vertx = vertx;
    this.net = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    this.host = host;
    this.port = port;
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.timer = vertx.setPeriodic(SWEEP_MILLIS, tick -> sweep());
  }

  /**
   * Opens connections before they are needed, so that calls are what comes at once; fails when the
   * server refuses one or does not take it in time.
   */
  public Future<Void> connect(int connections) {
    List<Future<Void>> opened = new ArrayList<>();
    for (int i = 0; i < Math.min(CONNECTS, connections); i++) {
      opened.add(new Connection(CONNECT_AHEAD_MILLIS).opened.future());
    }
    return Future.all(opened)
        .compose(
            done ->
                connections > CONNECTS
                    ? connect(connections - CONNECTS)
                    : Future.succeededFuture());
  }

  /**
   * Makes a call.
   *
   * @param endNanos until when to wait for its answer; not before that of the call before
   */
  public void call(Buffer request, long endNanos, IntConsumer ended) {
    Call call = new Call(request, endNanos, ended);
    if (!idle.isEmpty() || open < maxConnections) {
      make(call);
    } else if (waiting.size() < maxWaiting) {
      waiting.add(call);
    } else {
      call.end(0);
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    net.close();
  }

  private void make(Call call) {
    underWay.add(call);
    (idle.isEmpty() ? new Connection(CONNECT_MILLIS) : idle.pop()).take(call);
  }

  private void makeWaiting() {
    while (!waiting.isEmpty() && (!idle.isEmpty() || open < maxConnections)) {
      Call next = waiting.remove();
      if (next.endNanos - System.nanoTime() <= 0) {
        next.end(0);
      } else {
        make(next);
      }
    }
  }

  /** Ends calls whose time is over; the oldest are at the head. */
  private void sweep() {
    long now = System.nanoTime();
    for (Deque<Call> calls : List.of(underWay, waiting)) {
      while (!calls.isEmpty() && (calls.peek().isDone || calls.peek().endNanos - now <= 0)) {
        calls.remove().end(0);
      }
    }
  }

  private static final class Call {
    private final Buffer request;
    private final long endNanos;
    private final IntConsumer ended;
    private @Nullable Connection connection;
    private boolean isDone;

    Call(Buffer request, long endNanos, IntConsumer ended) {
      this.request = request;
      this.endNanos = endNanos;
      this.ended = ended;
    }

    /** The first end counts; without an answer the connection is of no use to others. */
    void end(int status) {
      if (!isDone) {
        isDone = true;
        if (status == 0 && connection != null) {
          connection.close();
        }
        ended.accept(status);
      }
    }
  }

  private final class Connection {
    private final Promise<Void> opened = Promise.promise();
    private @Nullable NetSocket socket;
    private @Nullable Call call;
    private boolean isClosing;
    private Buffer head = Buffer.buffer();
    private int status;
    private int bodyLeft;

    Connection(int connectMillis) {
      open++;
      net.connect(new ConnectOptions().setHost(host).setPort(port).setTimeout(connectMillis))
          .onSuccess(this::connected)
          .onFailure(this::refused);
    }

    void take(Call next) {
      call = next;
      next.connection = this;
      if (socket != null) {
        socket.write(next.request);
      }
    }

    void close() {
      isClosing = true;
      if (socket != null) {
        socket.close();
      }
    }

    private void connected(NetSocket connected) {
      socket = connected;
      connected.exceptionHandler(broken -> connected.close());
      connected.closeHandler(gone -> gone());
      connected.handler(this::received);
      if (isClosing) {
        connected.close();
      } else if (call == null) {
        idle.push(this);
      } else {
        connected.write(call.request);
      }
      opened.complete();
    }

    private void received(Buffer bytes) {
      if (isClosing) {
        return;
      }
      if (status == 0) {
        head.appendBuffer(bytes);
        int end = endOfHead(head);
        if (end < 0) {
          return;
        }
        String text = head.getString(0, end, "ISO-8859-1").toLowerCase(Locale.ROOT);
        status = Integer.parseInt(text.substring(STATUS_AT, STATUS_AT + 3));
        bodyLeft = contentLength(text) - (head.length() - end - END_OF_HEAD.length);
        isClosing = text.contains(CLOSE);
        head = Buffer.buffer();
      } else {
        bodyLeft -= bytes.length();
      }
      if (bodyLeft <= 0) {
        answered();
      }
    }

    private void answered() {
      int answer = status;
      Call ended = call;
      status = 0;
      call = null;
      if (isClosing) {
        close();
      } else {
        idle.push(this);
      }
      if (ended != null) {
        ended.end(answer);
      }
      makeWaiting();
    }

    private void refused(Throwable cause) {
      gone();
      opened.fail(cause);
    }

    private void gone() {
      open--;
      isClosing = true;
      idle.remove(this);
      if (call != null) {
        call.end(0);
      }
      makeWaiting();
    }
  }

  private static int endOfHead(Buffer bytes) {
    for (int at = 0; at + END_OF_HEAD.length <= bytes.length(); at++) {
      int same = 0;
      while (same < END_OF_HEAD.length && bytes.getByte(at + same) == END_OF_HEAD[same]) {
        same++;
      }
      if (same == END_OF_HEAD.length) {
        return at;
      }
    }
    return -1;
  }

  private static int contentLength(String head) {
    int at = head.indexOf(LENGTH);
    if (at < 0) {
      if (head.contains("transfer-encoding")) {
        throw new IllegalStateException("an answer in chunks (expected: content-length):\n" + head);
      }
      return 0;
    }
    int from = at + LENGTH.length();
    int end = head.indexOf('\r', from);
    return Integer.parseInt(head.substring(from, end < 0 ? head.length() : end).strip());
  }
}
