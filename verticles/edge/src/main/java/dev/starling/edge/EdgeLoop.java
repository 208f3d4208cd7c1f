package dev.starling.edge;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one event loop have in common. Confined to that loop; only {@code catalog},
 * {@code draining} and {@code accessLog} are shared with others, and are thread-safe.
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
  final RandomGenerator random;
  final Draining draining;
  final @Nullable AccessLog accessLog;
  final InstantSource clock;
  final long requestNanos;
  final long maxRequestMillis;
  int inFlight;

  EdgeLoop(
      HttpConfig config,
      Stage[] stages,
      Catalog catalog,
      AtomicInteger connectionsOnNode,
      AtomicInteger streamsOnNode,
      RequestMeters meters,
      RandomGenerator random,
      Draining draining,
      @Nullable AccessLog accessLog,
      InstantSource clock) {
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
    this.tracing = new Tracing(random);
    this.random = random;
    this.draining = draining;
    this.accessLog = accessLog;
    this.clock = clock;
    this.requestNanos = config.requestTimeout().toNanos();
    this.maxRequestMillis = config.maxRequestTimeout().toMillis();
  }
}
