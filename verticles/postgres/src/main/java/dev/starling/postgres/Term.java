package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.function.Function;

/**
 * One uninterrupted time as the owner of a singleton. Thread-safe.
 *
 * <p>Take it when the work begins and write with it to the end: what was read in one term must not
 * be written in a later one, for somebody else may have been the owner in between.
 */
public final class Term {
  private final Singletons singletons;
  private final Seat seat;
  private final long epoch;

  Term(Singletons singletons, Seat seat, long epoch) {
    this.singletons = singletons;
    this.seat = seat;
    this.epoch = epoch;
  }

  /** Greater than that of every earlier owner of the same singleton. */
  public long epoch() {
    return epoch;
  }

  /** Whether the term is over, as far as this node knows. */
  public boolean isOver() {
    Long current = seat.epoch(singletons.nowNanos());
    return current == null || current != epoch;
  }

  /**
   * Runs statements in a transaction that commits only if this term has not ended. Until it has
   * committed or rolled back nobody else becomes the owner.
   *
   * <p>Fails as {@link Postgres#transact} does.
   */
  public <T> Future<FencedWrite<T>> write(Duration limit, Function<SqlConnection, Future<T>> work) {
    return singletons.write(seat, epoch, limit, work);
  }

  @Override
  public String toString() {
    return seat.name() + ", epoch " + epoch;
  }
}
