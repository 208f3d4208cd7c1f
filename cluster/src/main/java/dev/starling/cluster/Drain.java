package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.bus.Safeguard;
import dev.starling.cluster.config.DrainConfig;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.contract.node.Heartbeat;
import dev.starling.edge.Draining;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node stops being asked and finishes what it has, in an order that fails nobody: peers and
 * load balancers are told first, then clients, then the calls on the bus are waited for.
 *
 * <p>Threading: {@link #run} waits, on a thread of its own; the rest is for any thread.
 */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  /** Long enough for every peer to have heard that this node drains: two heartbeats. */
  private static final Duration SPREAD_THE_WORD = Duration.ofMillis(250);

  private static final Duration POLL = Duration.ofMillis(20);

  /** No calls for as long as a peer's last one may have been on its way. */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** What it is waiting for. */
  enum Phase {
    ASKED,
    NOTICE,
    CLIENTS,
    CALLS,
    LEAVING
  }

  private final DrainConfig config;
  private final HeartbeatExchange heartbeats;
  private final BusNode bus;
  private final Draining edges;
  private volatile Phase phase = Phase.ASKED;
  private volatile long startNanos;
  private volatile boolean begun;

  Drain(DrainConfig config, HeartbeatExchange heartbeats, BusNode bus, Draining edges) {
    this.config = config;
    this.heartbeats = heartbeats;
    this.bus = bus;
    this.edges = edges;
  }

  /** Returns when nothing is in flight any more, or the time is up. */
  void run() {
    begin();
    if (!bus.isOn(Safeguard.DRAINING)) {
      phase = Phase.LEAVING;
      return;
    }
    phase = Phase.NOTICE;
    heartbeats.enter(Heartbeat.State.DRAINING);
    edges.begin();
    Duration notice = config.notice();
    pause(notice.compareTo(SPREAD_THE_WORD) < 0 ? SPREAD_THE_WORD : notice);
    phase = Phase.CLIENTS;
    closeDoors();
    phase = Phase.CALLS;
    if (!awaitQuiet()) {
      log.warn("Leaving with {} calls unfinished", bus.answering());
    }
    phase = Phase.LEAVING;
  }

  /** The time from which on everything counts: now, unless it was before. */
  synchronized void begin() {
    if (!begun) {
      startNanos = System.nanoTime();
      begun = true;
    }
  }

  Phase phase() {
    return phase;
  }

  long elapsedMillis() {
    return begun ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) : 0;
  }

  /** What is left of the time, a second at the least. */
  Duration remaining() {
    Duration left = config.timeout().minusMillis(elapsedMillis());
    return left.toMillis() < 1000 ? Duration.ofSeconds(1) : left;
  }

  private void closeDoors() {
    try {
      Node.await(edges.closeDoors(), remaining());
    } catch (RuntimeException e) {
      log.warn("Clients were cut off: {}", e.getMessage());
    }
  }

  /** Calls of local callers that wait in a queue are in flight, those of peers when begun. */
  private boolean awaitQuiet() {
    int rounds = 0;
    while (rounds < QUIET.dividedBy(POLL)) {
      if (elapsedMillis() > config.timeout().toMillis()) {
        return false;
      }
      rounds = bus.answering() == 0 && bus.localInstances().inFlight() == 0 ? rounds + 1 : 0;
      pause(POLL);
    }
    return true;
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
