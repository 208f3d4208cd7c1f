package dev.starling.postgres.outbox;

import dev.starling.contract.event.EventContract.Event;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * What a consumer does because of events.
 *
 * <p>Called on the context of the call that brought them. It may be called again for the same
 * events when its transaction was rolled back, also with fewer at a time, so it has no effect but
 * its statements.
 */
@FunctionalInterface
public interface Effect {

  /**
   * Has the effects of events of one shard, in the transaction of {@code connection}. The events
   * are of different aggregates, and none of them had an effect before.
   *
   * <p>With {@link EventRefused} an event is given up, with any other failure it comes again later.
   * Either way nothing of the transaction stays, and the events are then tried one by one.
   */
  Future<Void> apply(SqlConnection connection, int shard, List<Event> events);

  /** An effect of a single event. */
  @FunctionalInterface
  interface Single {
    Future<Void> apply(SqlConnection connection, int shard, Event event);
  }

  /** Has the effect of each event after the other. */
  static Effect each(Single effect) {
    return (connection, shard, events) -> {
      Future<Void> all = Future.succeededFuture();
      for (Event event : events) {
        all = all.compose(before -> effect.apply(connection, shard, event));
      }
      return all;
    };
  }
}
