package dev.starling.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/**
 * Reads one request's body: into memory when the operation takes one and the caller may send it, to
 * nowhere otherwise, and never more than is allowed. Confined to the exchange's event loop.
 *
 * <p>The request is paused until {@link #receive()}, so what the client sends before it is known
 * stays in the network's buffers.
 */
final class RequestBody extends Overdue {
  /** A body that nobody asked for is read over if it is no larger than this. */
  static final int UNWANTED_BYTES = 8 * 1024;

  /** A refused body is read over, to keep the connection, if it says that it is no larger. */
  static final int REFUSED_BYTES = 64 * 1024;

  /** A refused body is read for this long, so that the client sees the answer, not a reset. */
  static final int LINGER_BYTES = 1024 * 1024;

  private static final byte[] NOTHING = {};

  private enum State {
    PAUSED,
    RECEIVING,
    /** More has come than is wanted at once; the rest waits. */
    PARTIAL,
    /** It goes to whoever took it over, as it comes. */
    FORWARDING,
    DISCARDING,
    DONE
  }

  /** Takes a body as it comes. */
  interface Sink {

    /** The next bytes; the sink pauses the body when it has enough. */
    void take(Buffer piece);

    /** That was all. */
    void end();
  }

  private static final Sink NOBODY =
      new Sink() {
        @Override
        public void take(Buffer piece) {}

        @Override
        public void end() {}
      };

  private final Exchange exchange;
  private final HttpServerRequest request;
  private final long declaredBytes;
  private final boolean awaitsContinue;
  private long limit;
  private State state;
  private byte[] bytes = NOTHING;
  private int count;
  private int enough = Integer.MAX_VALUE;
  private Sink sink = NOBODY;

  /**
   * @param declaredBytes the content length; -1 when it is not known
   * @param maxBytes what the operation takes; zero when it takes no body, {@link Long#MAX_VALUE}
   *     for any number of lines
   * @param awaitsContinue true when the client waits to be told to go on
   */
  RequestBody(
      Exchange exchange,
      HttpServerRequest request,
      long declaredBytes,
      long maxBytes,
      boolean awaitsContinue,
      long deadlineNanos) {
    super(deadlineNanos);
    this.exchange = exchange;
    this.request = request;
    this.declaredBytes = declaredBytes;
    this.awaitsContinue = awaitsContinue;
    boolean wanted = maxBytes > 0;
    this.limit = wanted ? maxBytes : UNWANTED_BYTES;
    this.state = wanted ? State.PAUSED : State.DISCARDING;
    request.handler(this::chunk);
    request.endHandler(end -> ended());
    request.exceptionHandler(failure -> broken());
    if (wanted) {
      request.pause();
    }
  }

  long declaredBytes() {
    return declaredBytes;
  }

  long limit() {
    return limit;
  }

  byte[] bytes() {
    return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /** Lets the body come. True when it is not waited for; otherwise the exchange is completed. */
  boolean receive() {
    if (state != State.PAUSED) {
      return true;
    }
    state = State.RECEIVING;
    if (awaitsContinue) {
      request.response().writeContinue();
    }
    request.resume();
    return false;
  }

  /**
   * Lets the body come until there is this much of it, or not at all when it says that it is
   * larger; whoever goes on looks whether it {@link #isDone()}.
   */
  boolean receiveUpTo(int enoughBytes) {
    if (declaredBytes > enoughBytes) {
      return true;
    }
    enough = enoughBytes;
    return receive();
  }

  /** What has come of a body that is not done; nobody else gets it. */
  byte[] begun() {
    byte[] begun = bytes();
    bytes = NOTHING;
    return begun;
  }

  /**
   * Passes what is still to come on, within its limit. It is no longer overdue after a while: the
   * sink's owner bounds the time.
   *
   * @param ready whether the sink takes some now; otherwise when it {@link #resume() resumes}
   */
  void forward(Sink taker, boolean ready) {
    if (awaitsContinue && state == State.PAUSED) {
      request.response().writeContinue();
    }
    state = State.FORWARDING;
    sink = taker;
    exchange.bodyGone(this);
    if (ready) {
      request.resume();
    }
  }

  /** Leaves the rest of a body that is forwarded in the network. */
  void pause() {
    request.pause();
  }

  void resume() {
    request.resume();
  }

  /**
   * Hands the request over to one who reads it line by line: it is paused, and everything about it
   * is the reader's affair from here on.
   */
  HttpServerRequest handOver() {
    if (awaitsContinue) {
      request.response().writeContinue();
    }
    forget();
    return request;
  }

  /**
   * The exchange is answered without the rest of the body.
   *
   * @param keepIfSmall true when the connection may live on after a small rest
   * @return true when the connection must not be used again
   */
  boolean abandon(boolean keepIfSmall) {
    if (state == State.DONE || state == State.DISCARDING) {
      return false;
    }
    boolean keep =
        keepIfSmall
            && declaredBytes >= 0
            && declaredBytes <= REFUSED_BYTES
            && !(awaitsContinue && state == State.PAUSED);
    if (state == State.FORWARDING) {
      exchange.bodyLingers(this);
    }
    state = State.DISCARDING;
    limit = keep ? declaredBytes : (long) count + LINGER_BYTES;
    bytes = NOTHING;
    request.resume();
    return !keep;
  }

  /** Nothing more of it matters. */
  void forget() {
    state = State.DONE;
    exchange.bodyGone(this);
  }

  /** The whole request should have been here by now. */
  @Override
  void overdue() {
    if (exchange.isEnded() || state == State.DISCARDING) {
      exchange.cutOff();
    } else {
      exchange.refuseSlow();
    }
  }

  private void chunk(Buffer chunk) {
    if (state == State.DONE) {
      return;
    }
    if (count + (long) chunk.length() > limit) {
      if (state == State.RECEIVING || state == State.FORWARDING) {
        exchange.refuseBody();
      } else {
        exchange.cutOff();
      }
      return;
    }
    if (state == State.RECEIVING || state == State.PARTIAL) {
      append(chunk);
    }
    count += chunk.length();
    if (state == State.FORWARDING) {
      sink.take(chunk);
    } else if (state == State.RECEIVING && count > enough) {
      state = State.PARTIAL;
      request.pause();
      exchange.complete(this, null);
    }
  }

  private void append(Buffer chunk) {
    int length = chunk.length();
    if (count == 0) {
      bytes = chunk.getBytes();
      return;
    }
    if (count + length > bytes.length) {
      // What the client declares is not reserved before it is sent: it may never come.
      long grown = Math.max(2L * bytes.length, count + (long) length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(grown, limit));
    }
    chunk.getBytes(bytes, count);
  }

  private void ended() {
    boolean wanted = state == State.RECEIVING;
    boolean forwarded = state == State.FORWARDING;
    forget();
    if (forwarded) {
      sink.end();
    } else if (wanted) {
      exchange.complete(this, null);
    }
  }

  private void broken() {
    forget();
    exchange.abort();
  }
}
