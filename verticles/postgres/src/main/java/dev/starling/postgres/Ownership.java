package dev.starling.postgres;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A verticle's candidacy for a singleton: something that one node of the cluster does at a time.
 *
 * <p>Made by {@link Singletons#join} on the verticle's context. Leave when the verticle stops, so
 * that another node takes over at once; without that, e.g. after a {@code kill -9}, it does when
 * the lease has run out.
 */
public final class Ownership {
  private final Singletons singletons;
  private final Seat seat;
  private final long timer;
  private final AtomicBoolean left = new AtomicBoolean();

  Ownership(Singletons singletons, Seat seat, long timer) {
    this.singletons = singletons;
    this.seat = seat;
    this.timer = timer;
  }

  /** The term that runs, or null when this node is not the owner now. Cheap; ask each time. */
  public @Nullable Term term() {
    Long epoch = seat.epoch(singletons.nowNanos());
    return epoch == null ? null : new Term(singletons, seat, epoch);
  }

  /** Ends the candidacy; with the last one of this node its term. Never fails. */
  public Future<Void> leave() {
    return left.compareAndSet(false, true)
        ? singletons.leave(seat, timer)
        : Future.succeededFuture();
  }
}
