package dev.starling.edge;

import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/** One client connection, as its event loop sees it. Confined to that loop. */
final class Connection {
  /** How long a connection that is being closed may take to send what is left. */
  private static final long LINGER_MILLIS = 1000;

  private final HttpConnection http;
  private final String peer;
  private final boolean trusted;
  private int inFlight;
  private int streams;
  private long quietSinceNanos;
  private boolean closing;

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

  void requestBegan() {
    inFlight++;
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
