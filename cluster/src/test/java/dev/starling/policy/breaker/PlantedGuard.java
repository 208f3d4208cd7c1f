package dev.starling.policy.breaker;

import io.vertx.core.Vertx;

/** Breaks the rule that guards are plain Java, given the time. */
public final class PlantedGuard {
  private PlantedGuard() {}

  static void refuseLater(Vertx vertx) {
    vertx.setTimer(1, timer -> {});
  }
}
