package dev.starling.orders;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.PositionHeader;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.IdempotencyKey;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask of orders, each of his own alone: whose shard an order is in follows
 * from who asks. Confined to the context of its instance.
 */
final class Orders {
  private final Shards shards;
  private final OrderStore store;
  private final OrderQueue queue;
  private final OrderNews news;
  private final Positions positions;
  private final InstantSource clock;
  private final OrdersConfig config;

  Orders(
      Shards shards,
      OrderStore store,
      OrderQueue queue,
      OrderNews news,
      Positions positions,
      InstantSource clock,
      OrdersConfig config) {
    this.shards = shards;
    this.store = store;
    this.queue = queue;
    this.news = news;
    this.positions = positions;
    this.clock = clock;
    this.config = config;
  }

  Future<Reply<OrderView>> place(Call call, NewOrder order) {
    String header = call.header(IdempotencyKey.HEADER);
    if (header == null) {
      return refused(
          Refusal.MALFORMED,
          "idempotency-key-missing",
          "header Idempotency-Key: missing (expected: a new key for each order, the same for each"
              + " attempt at it)");
    }
    String key = IdempotencyKey.parse(header);
    if (key == null) {
      return refused(
          Refusal.MALFORMED,
          "idempotency-key-malformed",
          "header Idempotency-Key: " + IdempotencyKey.EXPECTATION + ", quoted or not");
    }
    return place(call, key, order.lines());
  }

  /** One line of a bulk request. */
  Future<Reply<OrderView>> place(Call call, BulkOrder order) {
    return place(call, order.idempotencyKey(), order.lines());
  }

  private Future<Reply<OrderView>> place(Call call, String key, List<OrderLine> lines) {
    UUID user = userOf(call);
    return user == null
        ? refused(Refusal.FORBIDDEN, "", "only users can order")
        : queue.place(Request.of(user, key, lines), call.context()).compose(OrderAnswers::of);
  }

  Future<Reply<OrderView>> get(Call call) {
    UUID id = UUID.fromString(call.path(OrderPath.class).id());
    return look(
        call,
        (user, freshness) ->
            shards
                .read(
                    Shards.of(user),
                    freshness,
                    remaining(call),
                    connection -> store.byId(connection, Shards.of(user), user, id))
                .map(
                    found ->
                        found == null
                            ? Orders.<OrderView>absent()
                            : Reply.ok(OrderView.of(found))));
  }

  Future<Reply<OrderPage>> list(Call call) {
    PageQuery query = call.query(PageQuery.class);
    String text = query.cursor();
    OrderCursor after = text == null ? OrderCursor.START : OrderCursor.parse(text);
    if (after == null) {
      return Future.succeededFuture(
          Reply.invalid(new Violation("/query/cursor", "must be the next_cursor of an answer")));
    }
    return look(
        call,
        (user, freshness) ->
            shards
                .read(
                    Shards.of(user),
                    freshness,
                    remaining(call),
                    connection ->
                        store.page(connection, Shards.of(user), user, after, query.limit() + 1))
                .map(found -> Reply.ok(OrderPage.of(found, query.limit()))));
  }

  /** Gives the stock back; whoever asks again gets the same answer. */
  Future<Reply<OrderView>> cancel(Call call) {
    UUID id = UUID.fromString(call.path(OrderPath.class).id());
    return asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          return shards
              .transact(
                  shard,
                  remaining(call),
                  connection ->
                      store
                          .lock(connection, shard, user, id)
                          .compose(
                              found ->
                                  found == null || found.cancelledAt() != null
                                      ? Future.succeededFuture(found)
                                      : cancel(call, connection, shard, found)))
              .compose(
                  found ->
                      found == null
                          ? Future.succeededFuture(Orders.<OrderView>absent())
                          : positions
                              .after(shard, remaining(call))
                              .map(
                                  position ->
                                      OrderAnswers.positioned(
                                          Reply.ok(OrderView.of(found)), position)));
        });
  }

  private Future<@Nullable Order> cancel(
      Call call, SqlConnection connection, int shard, Order order) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String trace = call.context().trace().traceparent();
    return store
        .cancel(connection, shard, order, now, news.cancelled(order, now, trace))
        .map(
            new Order(
                order.id(), order.userId(), order.total(), order.lines(), order.createdAt(), now));
  }

  /** Reads as fresh as what the caller has seen, and never older than the configuration allows. */
  private <T> Future<Reply<T>> look(Call call, BiFunction<UUID, Freshness, Future<Reply<T>>> work) {
    return PositionHeader.read(
        call,
        config.maxStaleness(),
        freshness -> asUser(call, user -> work.apply(user, freshness)));
  }

  private <T> Future<Reply<T>> asUser(Call call, Function<UUID, Future<Reply<T>>> work) {
    UUID user = userOf(call);
    return user == null
        ? Future.succeededFuture(absent())
        : work.apply(user).recover(SqlReplies::refusal);
  }

  /** Null for a principal that is no user, e.g. a service. */
  private static @Nullable UUID userOf(Call call) {
    return Uuids.parse(call.principal().subject());
  }

  private static Duration remaining(Call call) {
    return call.context().remaining(System.nanoTime());
  }

  private static <T> Future<Reply<T>> refused(Refusal refusal, String type, String detail) {
    return Future.succeededFuture(Reply.refused(refusal, type, detail));
  }

  private static <T> Reply<T> absent() {
    return Reply.refused(Refusal.ABSENT, "there is no such order");
  }
}
