package dev.starling.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.Inbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Books stock that another database has sent: each transfer once, however often it is told of.
 * Thread-safe, without state.
 */
final class Transfers {
  static final String TYPE = "dev.starling.stock.transferred";

  private static final Logger log = LoggerFactory.getLogger(Transfers.class);

  private final Shards shards;
  private final StockStore store;
  private final String consumer;

  /**
   * What an event says.
   *
   * @param toShard who gets it
   */
  record Data(@Nullable String sku, long quantity, int toShard) {
    String json() {
      return new String(Json.toBytes(this), UTF_8);
    }

    /** Null when it is none. */
    static @Nullable Data parse(String json) {
      try {
        Data data = Json.MAPPER.readValue(json, Data.class);
        boolean usable =
            data != null
                && data.sku != null
                && data.quantity > 0
                && data.toShard >= 0
                && data.toShard < Shards.COUNT;
        return usable ? data : null;
      } catch (JsonProcessingException e) {
        return null;
      }
    }
  }

  /** The shard does not know the article: its product is not everywhere yet. */
  private static final class NotStocked extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotStocked(String sku) {
      super("the shard has no " + sku + " yet", null, false, false);
    }
  }

  /**
   * @param consumer under which its events are booked
   */
  Transfers(Shards shards, StockStore store, String consumer) {
    this.shards = shards;
    this.store = store;
    this.consumer = consumer;
  }

  /**
   * Books each of the events, independently of the others. Fails as {@link ErrorCode#UNAVAILABLE}
   * when a receiver's database cannot be reached, since that is no fault of an event; those that
   * were booked are known when they come again.
   */
  Future<Receipt> deliver(EventBatch batch, CallContext call) {
    List<Future<Settled>> settled =
        batch.events().stream().map(event -> settle(event, call)).toList();
    return Future.join(settled)
        .map(all -> new Receipt(settled.stream().map(Future::result).toList()))
        .recover(
            failure ->
                Future.failedFuture(
                    new BusException(ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()))));
  }

  private Future<Settled> settle(Event event, CallContext call) {
    Data data = event.type().equals(TYPE) ? Data.parse(event.data()) : null;
    UUID id = Uuids.parse(event.id());
    if (data == null || id == null) {
      return Future.succeededFuture(
          new Settled(
              Verdict.NEVER,
              "event %s of type %s (expected: %s with sku, quantity and to_shard)"
                  .formatted(event.id(), event.type(), TYPE)));
    }
    return book(id, data, call)
        .map(Settled.DONE)
        .recover(
            failure -> {
              if (failure instanceof SqlException sql
                  && sql.failure().kind() == SqlFailure.Kind.UNAVAILABLE) {
                return Future.failedFuture(failure);
              }
              if (!(failure instanceof SqlException) && !(failure instanceof NotStocked)) {
                log.error("Transfer {} cannot be booked", id, failure);
              }
              return Future.succeededFuture(
                  new Settled(Verdict.LATER, String.valueOf(failure.getMessage())));
            });
  }

  private Future<Void> book(UUID id, Data data, CallContext call) {
    String sku = String.valueOf(data.sku);
    return shards.transact(
        data.toShard,
        call.remaining(System.nanoTime()),
        connection ->
            Inbox.claim(connection, data.toShard, consumer, Set.of(id))
                .compose(
                    fresh ->
                        fresh.isEmpty()
                            ? Future.succeededFuture(true)
                            : store.take(connection, data.toShard, sku, data.quantity))
                .compose(
                    known ->
                        known
                            ? Future.<Void>succeededFuture()
                            : Future.failedFuture(new NotStocked(sku))));
  }
}
