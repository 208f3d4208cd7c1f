package dev.starling.edge;

import dev.starling.sdk.ConfigException;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Spans;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP edge: serves every operation that a live node announces.
 *
 * <p>Each instance listens on the node's one port and keeps to its own event loop. It declares no
 * operation of its own.
 */
public final class EdgeVerticle extends ServiceVerticle {
  private static final Logger log = LoggerFactory.getLogger(EdgeVerticle.class);

  /** How often slow bodies and quiet streams are looked for, so also how late each is found. */
  private static final long SWEEP_MILLIS = 250;

  private static final long CONNECTION_SWEEP_MILLIS = 1000;

  private HttpConfig config = HttpConfig.defaults();
  private volatile @Nullable HttpServer server;
  private Future<Void> closed = Future.succeededFuture();
  private final Supplier<Future<?>> door = this::closeDoor;
  private @Nullable EdgeStreams streams;
  private long bodySweep = -1;
  private long connectionSweep = -1;

  @Override
  public String name() {
    return "edge";
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of("http", HttpConfig.defaults());
  }

  /** Clients come in when everything else is there. */
  @Override
  public int startRank() {
    return 100;
  }

  /** The port that this instance listens on; -1 while it does not. */
  public int port() {
    HttpServer listening = server;
    return listening == null ? -1 : listening.actualPort();
  }

  @Override
  protected Future<?> open() {
    config = node().config("http", HttpConfig.defaults());
    SplittableRandom random = new SplittableRandom();
    Draining draining = Draining.of(node());
    RequestMeters meters =
        new RequestMeters(node().meters(), config.tls().enabled() ? "https" : "http");
    EdgeLoop loop =
        new EdgeLoop(
            config,
            EdgePipeline.assemble(vertx, bus(), config, meters),
            Catalog.of(node(), vertx),
            node()
                .shared(
                    "edge:connections", () -> count("edge.connections", "Open client connections")),
            node().shared("edge:streams", () -> count("edge.streams", "Streams of clients")),
            meters,
            random,
            Spans.of(node()),
            draining,
            config.accessLog().enabled() ? AccessLog.of(node()) : null,
            node().clock(),
            Enforcement.of(node(), config.cacheBytes()),
            context);
    Pages pages = config.docs() ? new Pages(vertx, loop.catalog) : null;
    streams = loop.streams;
    bodySweep =
        vertx.setPeriodic(
            SWEEP_MILLIS,
            tick -> {
              loop.bodies.sweep(System.nanoTime());
              loop.streams.sweep(System.nanoTime());
              if (draining.hasBegun()) {
                loop.connections.sendElsewhere(System.nanoTime());
              }
            });
    connectionSweep =
        vertx.setPeriodic(
            CONNECTION_SWEEP_MILLIS, tick -> loop.connections.sweep(System.nanoTime()));
    HttpServer created =
        vertx
            .createHttpServer(ServerOptions.of(config))
            .exceptionHandler(failure -> log.debug("A connection failed", failure))
            .connectionHandler(loop.connections::opened)
            .invalidRequestHandler(new InvalidRequests(loop))
            .requestHandler(new EdgeHandler(loop, pages));
    server = created;
    draining.add(door);
    return node()
        .once("edge:caches", () -> vertx.executeBlocking(loop.enforcement.caches()::start, false))
        .compose(warm -> created.listen())
        .recover(this::explain);
  }

  @Override
  protected Future<?> shut() {
    vertx.cancelTimer(connectionSweep);
    Draining.of(node()).remove(door);
    return closeDoor()
        .eventually(
            () -> {
              vertx.cancelTimer(bodySweep);
              return Future.succeededFuture();
            });
  }

  /** The first caller closes it; everybody hears when it is closed. */
  private synchronized Future<Void> closeDoor() {
    HttpServer listening = server;
    if (listening != null) {
      server = null;
      EdgeStreams open = streams;
      if (open != null) {
        context.runOnContext(now -> open.drain());
      }
      closed = listening.shutdown(config.shutdownGrace().toMillis(), TimeUnit.MILLISECONDS);
    }
    return closed;
  }

  private AtomicInteger count(String name, String description) {
    AtomicInteger count = new AtomicInteger();
    Gauge.builder(name, count, AtomicInteger::get)
        .description(description)
        .register(node().meters());
    return count;
  }

  private Future<HttpServer> explain(Throwable failure) {
    log.debug("Cannot listen on {}:{}", config.host(), config.port(), failure);
    server = null;
    return Future.failedFuture(new ConfigException(reason(String.valueOf(failure.getMessage()))));
  }

  /** The transports throw different types for it, but all say what the system said. */
  private String reason(String message) {
    if (message.contains("in use")) {
      return "http.port: "
          + config.port()
          + " is in use (expected: a free port; set STARLING_HTTP_PORT)";
    }
    return "http.host: %s, http.port: %d: %s (expected: an address of this machine and a port that this user may open)"
        .formatted(config.host(), config.port(), message);
  }
}
