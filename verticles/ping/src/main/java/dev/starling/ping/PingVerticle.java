package dev.starling.ping;

import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;

/** Answers {@code GET /v1/ping}. */
public final class PingVerticle extends ServiceVerticle {
  private static final Pong PONG = new Pong("pong");

  record Pong(String message) {}

  @Override
  protected void declare(Operations on) {
    on.get("/v1/ping", Pong.class, call -> reply(PONG))
        .id("ping.ping")
        .summary("Answers through the bus")
        .open();
  }
}
