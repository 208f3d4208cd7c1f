package dev.starling.edge;

import dev.starling.sdk.Spans;
import io.vertx.core.Context;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one event loop have in common. Confined to that loop; only {@code catalog},
 * {@code draining}, {@code accessLog} and {@code enforcement} are shared with others, and are
 * thread-safe.
 */
final class EdgeLoop {
  final HttpConfig config;
  final Stage[] stages;
  final Catalog catalog;
  final Connections connections;
  final EdgeStreams streams;
  final OverdueList bodies = new OverdueList();
  final ClientAddress clients;
  final CorsPolicy cors;
  final RateLimitHeaders rateLimitHeaders = new RateLimitHeaders();
  final RequestMeters meters;
  final Tracing tracing;
  final EdgeSpans spans;
  final RandomGenerator random;
  final Draining draining;
  final @Nullable AccessLog accessLog;
  final InstantSource clock;
  final long requestNanos;
  final Enforcement enforcement;
  final RulesByRoute rules;
  final Context context;
  int inFlight;

  EdgeLoop(
      HttpConfig config,
      Stage[] stages,
      Catalog catalog,
      AtomicInteger connectionsOnNode,
      AtomicInteger streamsOnNode,
      RequestMeters meters,
      RandomGenerator random,
      Spans spans,
      Draining draining,
      @Nullable AccessLog accessLog,
      InstantSource clock,
      Enforcement enforcement,
      Context context) {
    this.config = config;
    this.stages = stages;
    this.catalog = catalog;
    this.clients = new ClientAddress(config.trustedProxies());
    this.connections =
        new Connections(
            clients,
            config.maxConnections(),
            config.idleTimeout().toNanos(),
            config.shutdownGrace().toMillis(),
            connectionsOnNode);
    this.streams = new EdgeStreams(config.streams(), draining, streamsOnNode);
    this.cors = new CorsPolicy(config.cors());
    this.meters = meters;
    this.tracing = new Tracing(random, spans.sampleRate());
    this.spans = new EdgeSpans(spans);
    this.random = random;
    this.draining = draining;
    this.accessLog = accessLog;
    this.clock = clock;
    this.requestNanos = config.requestTimeout().toNanos();
    this.enforcement = enforcement;
    this.rules =
        new RulesByRoute(
            enforcement.guards(), enforcement.traffic(), config.maxRequestTimeout().toMillis());
    this.context = context;
  }

  /** When a client that is refused now should come back. */
  int retryAfterSeconds(long nowNanos) {
    return enforcement.backoff().refuse(nowNanos, random);
  }
}
