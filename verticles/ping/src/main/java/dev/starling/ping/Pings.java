package dev.starling.ping;

import dev.starling.ping.PingVerticle.Ping;
import dev.starling.ping.PingVerticle.Plan;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.StreamWriter;
import io.vertx.core.Vertx;

/** Pings one client until it has had them all or is gone. Confined to the verticle's context. */
final class Pings {
  private final Vertx vertx;
  private final NodeScope node;
  private final Plan plan;
  private final StreamWriter<Ping> out;
  private int sent;
  private long timer;

  /**
   * @param sent how many the client has had, from a stream that broke off
   */
  Pings(Vertx vertx, NodeScope node, Plan plan, int sent, StreamWriter<Ping> out) {
    this.vertx = vertx;
    this.node = node;
    this.plan = plan;
    this.sent = sent;
    this.out = out;
  }

  void start() {
    timer = vertx.setPeriodic(plan.interval(), tick -> ping());
    out.onClosed(failure -> vertx.cancelTimer(timer));
    ping();
  }

  /** Leaves a turn out while the client does not keep up. */
  private void ping() {
    if (sent >= plan.pings()) {
      out.end();
    } else if (out.isReady()) {
      sent++;
      out.send(
          "ping",
          Integer.toString(sent),
          new Ping(sent, node.nodeId(), node.clock().instant().toString()));
      if (sent == plan.pings()) {
        out.end();
      }
    }
  }
}
