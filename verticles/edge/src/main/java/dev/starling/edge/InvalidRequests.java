package dev.starling.edge;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Answers what could not be read as HTTP/1.1; the connection is closed after it. */
final class InvalidRequests implements Handler<HttpServerRequest> {
  private final EdgeLoop loop;

  InvalidRequests(EdgeLoop loop) {
    this.loop = loop;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Connection connection = loop.connections.of(request.connection());
    if (connection == null || connection.isClosing()) {
      return;
    }
    if (request.version() == null) {
      // The answer's status line would repeat whatever the client sent in place of a version.
      connection.close();
      return;
    }
    Exchange exchange = new Exchange(loop, request, connection, System.nanoTime());
    exchange.closeAfterAnswer();
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      exchange.refuse(
          EdgeRefusal.TARGET_TOO_LONG,
          "request target: too long (expected: <= " + loop.config.maxUriBytes() + " bytes)");
    } else if (cause instanceof TooLongHttpHeaderException) {
      exchange.refuse(
          EdgeRefusal.HEADERS_TOO_LARGE,
          "headers: too large (expected: <= " + loop.config.maxHeaderBytes() + " bytes)");
    } else {
      exchange.refuse(EdgeRefusal.BAD_REQUEST, "the request is not valid HTTP/1.1");
    }
  }
}
