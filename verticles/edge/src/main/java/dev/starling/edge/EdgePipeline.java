package dev.starling.edge;

import dev.starling.bus.Bus;
import io.vertx.core.Vertx;

/**
 * What happens to a request that has a route, from top to bottom. The cheapest refusal comes first;
 * nothing of a body is read before its sender is known and within its limits.
 *
 * <p>A body is read before the call enters a bulkhead or asks a breaker: how long that takes is up
 * to the client, and the places inside are for what the service works on.
 */
final class EdgePipeline {

  private EdgePipeline() {}

  static Stage[] assemble(Vertx vertx, Bus bus, HttpConfig config, RequestMeters meters) {
    return new Stage[] {
      new CheckSize(),
      new Negotiate(new CorsPolicy(config.cors())),
      new ShedLoad(config.maxInFlight()),
      new Authenticate(bus, config.authTimeout()),
      new Authorize(),
      new RankCaller(),
      new SpendPermit(vertx, bus, config.limitTimeout(), meters),
      new ServeCached(bus),
      new ReceiveBody(),
      new RunOperation(bus),
      new RunInPieces(bus),
      new OpenStream(bus)
    };
  }
}
