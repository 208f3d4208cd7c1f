package dev.starling.fusion;

import dev.starling.fusion.DecisionStore.Due;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Hands on utterances when their time has come. Confined to an instance's context. Bounded: what it
 * has no room for is found by {@link Sweep}.
 */
final class DueQueue {
  private static final int MOST = 100_000;

  /** A clock that is set, or stands still in a test, is looked at again so soon. */
  private static final long LONGEST_MILLIS = 50;

  private final Vertx vertx;
  private final InstantSource clock;
  private final Consumer<Due> hand;
  private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparing(Due::dueAt));
  private long timer = -1;
  private boolean closed;

  DueQueue(Vertx vertx, InstantSource clock, Consumer<Due> hand) {
    this.vertx = vertx;
    this.clock = clock;
    this.hand = hand;
  }

  void add(Due due) {
    if (closed || waiting.size() >= MOST) {
      return;
    }
    waiting.add(due);
    if (waiting.element() == due) {
      arm();
    }
  }

  void close() {
    closed = true;
    waiting.clear();
    vertx.cancelTimer(timer);
  }

  private void arm() {
    vertx.cancelTimer(timer);
    if (waiting.isEmpty()) {
      return;
    }
    Instant next = waiting.element().dueAt();
    // Rounded up, since a timer of 1.4 ms is one of 1 ms.
    long millis = Duration.between(clock.instant(), next).plusNanos(999_999).toMillis();
    timer = vertx.setTimer(Math.max(1, Math.min(millis, LONGEST_MILLIS)), now -> run());
  }

  private void run() {
    Instant now = clock.instant();
    while (!waiting.isEmpty() && !waiting.element().dueAt().isAfter(now)) {
      hand.accept(waiting.remove());
    }
    arm();
  }
}
