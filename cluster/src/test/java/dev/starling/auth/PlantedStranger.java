package dev.starling.auth;

import dev.starling.users.PlantedNeighbour;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.shareddata.SharedData;
import io.vertx.ext.web.Router;

/** Breaks the walls of the bus: another verticle, the raw event bus, shared data, vertx-web. */
public final class PlantedStranger {
  private PlantedStranger() {}

  static int neighbour() {
    return PlantedNeighbour.mutableState;
  }

  static EventBus rawBus(Vertx vertx) {
    return vertx.eventBus();
  }

  static SharedData shared(Vertx vertx) {
    return vertx.sharedData();
  }

  static Router web(Vertx vertx) {
    return Router.router(vertx);
  }

  static Object internals(io.vertx.core.internal.VertxInternal vertx) {
    return vertx;
  }
}
