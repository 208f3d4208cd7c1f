package dev.starling.edge;

import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/** One client connection, as its event loop sees it. Confined to that loop. */
final class Connection {
  /** How long a connection that is being closed may take to send what is left. */
  private static final long LINGER_MILLIS = 1000;

  /** Longer than what a client has sent takes to arrive, wherever it is. */
  private static final long QUIET_NANOS = 1_000_000_000;

  private static final long NO_ERROR = 0;

  private final HttpConnection http;
  private final String peer;
  private final boolean trusted;
  private int inFlight;
  private int streams;
  private long quietSinceNanos;
  private boolean closing;
  private boolean http2;
  private boolean toldToLeave;
  private long toldNanos;

  /**
   * @param peer the other end's IP address as text
   * @param trusted true when the peer is a proxy whose word about its clients is taken
   */
  Connection(HttpConnection http, String peer, boolean trusted, long nowNanos) {
    this.http = http;
    this.peer = peer;
    this.trusted = trusted;
    this.quietSinceNanos = nowNanos;
  }

  String peer() {
    return peer;
  }

  boolean trusted() {
    return trusted;
  }

  boolean isClosing() {
    return closing;
  }

  void requestBegan(boolean overHttp2) {
    inFlight++;
    http2 = overHttp2;
  }

  void requestEnded(long nowNanos) {
    inFlight--;
    quietSinceNanos = nowNanos;
  }

  /** Streams that it has, or asks for. */
  int streams() {
    return streams;
  }

  void streamBegan() {
    streams++;
  }

  void streamEnded() {
    streams--;
  }

  boolean isIdle(long nowNanos, long idleNanos) {
    return inFlight == 0 && nowNanos - quietSinceNanos > idleNanos;
  }

  /**
   * Takes no request that the client sends from now on, and closes it when those that it has sent
   * are answered or the time is up. HTTP/2 clients are told by a GOAWAY frame.
   */
  void drain(long graceMillis) {
    if (!closing) {
      closing = true;
      http.shutdown(graceMillis, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Asks the client to connect anew for what comes next, and closes the connection once nothing
   * came any more. A client of HTTP/1.1 is told by the head of its next answer.
   *
   * <p>HTTP/2 clients hear it in two frames (RFC 9113 §6.8): the first names no last stream, so
   * that a request which is on its way while they hear it is served; only the second, when they
   * have been quiet, names the last one.
   */
  void sendElsewhere(long nowNanos, long graceMillis) {
    if (closing || !http2) {
      return;
    }
    if (!toldToLeave) {
      toldToLeave = true;
      toldNanos = nowNanos;
      http.goAway(NO_ERROR, Integer.MAX_VALUE);
    } else if (nowNanos - toldNanos > QUIET_NANOS && isIdle(nowNanos, QUIET_NANOS)) {
      http.goAway(NO_ERROR);
      drain(graceMillis);
    }
  }

  /** The client is about to get an answer while the node drains. */
  void answeringLast(long nowNanos, long graceMillis) {
    if (http2) {
      sendElsewhere(nowNanos, graceMillis);
    } else {
      drain(graceMillis);
    }
  }

  /** Closes it when the answer that is about to be written has been sent. */
  void closeAfterAnswer() {
    drain(LINGER_MILLIS);
  }

  /** Closes it now. */
  void close() {
    closing = true;
    http.close();
  }
}
