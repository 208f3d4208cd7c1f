package dev.starling.edge;

import dev.starling.bus.TraceContext;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a request says: on which connection it came, from whom, which trace it belongs
 * to. Confined to its event loop, and does not change.
 */
abstract class Incoming {
  final EdgeLoop loop;
  private final HttpServerRequest request;
  private final Connection connection;
  private final @Nullable Method method;
  private final boolean http2;
  private final long startNanos;
  private final TraceContext trace;
  private final AsciiString traceparent;
  private final CharSequence requestId;
  private final String clientAddress;

  Incoming(EdgeLoop loop, HttpServerRequest request, Connection connection, long startNanos) {
    this.loop = loop;
    this.request = request;
    this.connection = connection;
    this.method = Method.of(request.method());
    this.http2 = request.version() == HttpVersion.HTTP_2;
    this.startNanos = startNanos;
    String parent = header(Names.TRACEPARENT);
    this.trace = loop.tracing.begin(parent, parent == null ? null : header(Names.TRACESTATE));
    this.traceparent = Tracing.traceparent(trace);
    this.requestId = Tracing.requestId(header(Names.X_REQUEST_ID), traceparent);
    this.clientAddress =
        connection.trusted()
            ? loop.clients.behind(
                connection.peer(), header(Names.FORWARDED), header(Names.X_FORWARDED_FOR))
            : connection.peer();
  }

  final EdgeLoop loop() {
    return loop;
  }

  final HttpServerRequest request() {
    return request;
  }

  final Connection connection() {
    return connection;
  }

  /** The first field of that name; null when there is none. */
  final @Nullable String header(CharSequence name) {
    return request.headers().get(name);
  }

  /** Null for one that no operation has. */
  final @Nullable Method method() {
    return method;
  }

  final boolean isHttp2() {
    return http2;
  }

  /** When the head was read, on {@link System#nanoTime()}. */
  final long startNanos() {
    return startNanos;
  }

  /** The span of the edge. */
  final TraceContext trace() {
    return trace;
  }

  /** The trace as a header. */
  final CharSequence traceparent() {
    return traceparent;
  }

  final CharSequence requestId() {
    return requestId;
  }

  /** The client's IP address as text. */
  final String clientAddress() {
    return clientAddress;
  }
}
