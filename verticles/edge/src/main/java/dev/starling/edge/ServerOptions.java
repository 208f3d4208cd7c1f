package dev.starling.edge;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The listening side of the edge, with the bounds that Vert.x does not set by itself. */
final class ServerOptions {
  /** The method, the version and the spaces of a request line, besides the target. */
  private static final int LINE_OVERHEAD = 32;

  private static final int MAX_STREAMS = 100;
  private static final int MAX_RESETS = 100;
  private static final int RESET_WINDOW_SECONDS = 10;
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int HANDSHAKE_SECONDS = 5;
  private static final long STALL_MARGIN_MILLIS = 1000;
  private static final int MAX_SOCKET_FRAME_BYTES = 64 * 1024;
  private static final int MAX_SOCKET_MESSAGE_BYTES = 256 * 1024;
  private static final int BACKLOG = 1024;

  private ServerOptions() {}

  static HttpServerOptions of(HttpConfig config) {
    // Connections closes what is idle. This timer is for what does not move while a request is in
    // progress, so it leaves the longest operation its time.
    long stalledMillis =
        Math.max(
            config.idleTimeout().toMillis(),
            Math.max(
                config.maxRequestTimeout().toMillis() + STALL_MARGIN_MILLIS,
                // A stream that is quiet moves once a heartbeat.
                2 * config.streams().heartbeat().toMillis()));
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            // Instances share a free port of the system's choice if they ask for it by a negative
            // one.
            .setPort(config.port() == 0 ? -1 : config.port())
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setIdleTimeout(Math.toIntExact(stalledMillis))
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setMaxInitialLineLength(config.maxUriBytes() + LINE_OVERHEAD)
            .setMaxHeaderSize(config.maxHeaderBytes())
            .setDecompressionSupported(false)
            .setHandle100ContinueAutomatically(false)
            .setHttp2ClearTextEnabled(false)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(MAX_STREAMS)
                    .setMaxHeaderListSize(config.maxHeaderBytes())
                    .setPushEnabled(false))
            .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
            .setHttp2RstFloodWindowDuration(RESET_WINDOW_SECONDS)
            .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
            .setHttp2MaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
            // Their handler looks at every request, and fails connections that pipeline over 128.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setRegisterWebSocketWriteHandlers(false)
            .setMaxWebSocketFrameSize(MAX_SOCKET_FRAME_BYTES)
            .setMaxWebSocketMessageSize(MAX_SOCKET_MESSAGE_BYTES)
            // The edge keeps its own trace context; the bus carries it.
            .setTracingPolicy(TracingPolicy.IGNORE)
            // Everything here happens on the event loop, so writes need no queue between threads.
            .setStrictThreadMode(true);
    if (config.tls().enabled()) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
          .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
          .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(config.tls().cert())
                  .setKeyPath(config.tls().key()));
    }
    return options;
  }
}
