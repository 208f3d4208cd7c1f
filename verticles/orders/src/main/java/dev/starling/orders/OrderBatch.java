package dev.starling.orders;

import dev.starling.orders.Decision.Placed;
import dev.starling.orders.OrderQueue.Entry;
import dev.starling.orders.Outcome.Decided;
import dev.starling.orders.Outcome.Failed;
import dev.starling.orders.Outcome.NotExecuted;
import dev.starling.orders.Outcome.OutOfStock;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.TimeOrderedIds;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a batch of orders for one shard through one transaction, and settles them: after the
 * commit, or all alike when there was none. Those for which the shard has too little stock are to
 * be tried again when stock was brought. Confined to one context.
 */
final class OrderBatch {
  /** Before stock that comes from another database is looked for again. */
  static final long PAUSE_MILLIS = 20;

  /** What is kept of the callers' time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(OrderBatch.class);

  private final Shards shards;
  private final OrderStore store;
  private final Stock stock;
  private final InstantSource clock;
  private final TimeOrderedIds ids;
  private final OrderNews news;
  private final Positions positions;

  OrderBatch(
      Shards shards,
      OrderStore store,
      Stock stock,
      InstantSource clock,
      TimeOrderedIds ids,
      OrderNews news,
      Positions positions) {
    this.shards = shards;
    this.store = store;
    this.stock = stock;
    this.clock = clock;
    this.ids = ids;
    this.news = news;
    this.positions = positions;
  }

  /**
   * What is not settled yet.
   *
   * @param now can be tried again at once
   * @param later waits for stock that is on its way
   */
  record Rest(List<Entry> now, List<Entry> later) {
    static final Rest NONE = new Rest(List.of(), List.of());
  }

  /** The decisions of a batch, in its order; not committed yet. */
  private record Decisions(List<Decision> each, @Nullable Position position) {}

  /** Runs a batch. The future does not fail. */
  Future<Rest> run(int shard, List<Entry> batch, LongSupplier nanoTime) {
    long now = nanoTime.getAsLong();
    // Each caller hears by itself when its own time is over.
    Duration limit =
        batch.stream()
            .map(entry -> entry.call.remaining(now))
            .max(Duration::compareTo)
            .orElseThrow();
    return Future.succeededFuture()
        .compose(
            begun -> shards.transact(shard, limit, connection -> decide(connection, shard, batch)))
        .compose(decisions -> positioned(shard, decisions, limit))
        .compose(decisions -> settle(shard, batch, decisions, now, nanoTime))
        .recover(failure -> failed(batch, failure));
  }

  private Future<Decisions> decide(SqlConnection connection, int shard, List<Entry> batch) {
    List<Request> requests = batch.stream().map(entry -> entry.request).toList();
    return store
        .look(connection, shard, requests)
        .compose(
            holdings -> {
              Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
              OrderBook book =
                  new OrderBook(holdings.items(), holdings.earlier(), () -> ids.next(now), now);
              List<Decision> each = new ArrayList<>();
              List<Placed> placed = new ArrayList<>();
              List<OutboxEvent> told = new ArrayList<>();
              for (Entry entry : batch) {
                Decision decision = book.decide(entry.request);
                each.add(decision);
                if (decision instanceof Placed one) {
                  placed.add(one);
                  told.add(news.placed(one.order(), entry.call.trace().traceparent()));
                }
              }
              return store
                  .store(connection, shard, placed, book.sold(), told)
                  .map(new Decisions(each, null));
            });
  }

  /** Replays have a position too: who asks again has not seen the answer of the first time. */
  private Future<Decisions> positioned(int shard, Decisions decisions, Duration limit) {
    return decisions.each.stream().noneMatch(OrderBatch::tellsOfAnOrder)
        ? Future.succeededFuture(decisions)
        : positions.after(shard, limit).map(position -> new Decisions(decisions.each, position));
  }

  private static boolean tellsOfAnOrder(Decision decision) {
    return decision instanceof Placed || decision instanceof Decision.Replayed;
  }

  private Future<Rest> settle(
      int shard, List<Entry> batch, Decisions decisions, long begunNanos, LongSupplier nanoTime) {
    List<Entry> entries = new ArrayList<>();
    List<Decision.Short> shortages = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Decision decision = decisions.each.get(i);
      if (decision instanceof Decision.Short shortage) {
        entries.add(batch.get(i));
        shortages.add(shortage);
      } else {
        batch.get(i).settle(new Decided(decision, decisions.position));
      }
    }
    return entries.isEmpty()
        ? Future.succeededFuture(Rest.NONE)
        : gather(shard, shortages, limit(entries, nanoTime))
            .map(supplies -> rest(entries, shortages, supplies, patience(begunNanos, nanoTime)))
            .recover(failure -> failed(entries, withoutEffect(failure)));
  }

  private static Duration limit(List<Entry> entries, LongSupplier nanoTime) {
    long now = nanoTime.getAsLong();
    return entries.stream()
        .map(entry -> entry.call.remaining(now))
        .max(Duration::compareTo)
        .map(left -> left.minus(RESERVE))
        .filter(left -> left.compareTo(Duration.ZERO) > 0)
        .orElse(Duration.ofMillis(1));
  }

  /** Until when it makes sense to try again: another attempt may take twice as long as this one. */
  private static long patience(long begunNanos, LongSupplier nanoTime) {
    long now = nanoTime.getAsLong();
    return now + 2 * (now - begunNanos) + RESERVE.toNanos();
  }

  /** One article after the other, each for all orders that want it. */
  private Future<Map<String, Stock.Supply>> gather(
      int shard, List<Decision.Short> shortages, Duration limit) {
    TreeMap<String, Long> wanted = new TreeMap<>();
    Map<String, Long> least = new HashMap<>();
    for (Decision.Short shortage : shortages) {
      shortage
          .wanted()
          .forEach(
              (sku, quantity) -> {
                wanted.merge(sku, quantity, Long::sum);
                least.merge(sku, quantity, Math::min);
              });
    }
    Map<String, Stock.Supply> supplies = new HashMap<>();
    Future<?> before = Future.succeededFuture();
    for (Map.Entry<String, Long> of : wanted.entrySet()) {
      String sku = of.getKey();
      long smallest = least.getOrDefault(sku, of.getValue());
      before =
          before.compose(
              done ->
                  stock
                      .gather(shard, sku, of.getValue(), smallest, limit)
                      .onSuccess(supply -> supplies.put(sku, supply)));
    }
    return before.map(supplies);
  }

  /**
   * @param patienceNanos whoever's time is over by then does not wait
   */
  private static Rest rest(
      List<Entry> entries,
      List<Decision.Short> shortages,
      Map<String, Stock.Supply> supplies,
      long patienceNanos) {
    List<Entry> now = new ArrayList<>();
    List<Entry> later = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      List<String> absent = new ArrayList<>();
      boolean there = true;
      for (Map.Entry<String, Long> of : new TreeMap<>(shortages.get(i).wanted()).entrySet()) {
        Stock.Supply supply = supplies.get(of.getKey());
        if (supply == null || of.getValue() > supply.anywhere()) {
          absent.add(of.getKey());
        } else {
          there &= of.getValue() <= supply.there() || supply.anywhere() == Stock.Supply.UNKNOWN;
        }
      }
      if (!absent.isEmpty()) {
        entries.get(i).settle(new OutOfStock(absent));
      } else if (there) {
        now.add(entries.get(i));
      } else if (entries.get(i).call.isExpired(patienceNanos)) {
        entries.get(i).settle(new NotExecuted("its stock is on its way from another database"));
      } else {
        later.add(entries.get(i));
      }
    }
    return new Rest(now, later);
  }

  /** Orders whose stock could not be brought were not placed, whatever became of the stock. */
  private static Throwable withoutEffect(Throwable failure) {
    return failure instanceof SqlException sql
            && sql.failure().kind() == SqlFailure.Kind.UNKNOWN_OUTCOME
        ? new SqlException(
            new SqlFailure(SqlFailure.Kind.UNAVAILABLE, "", "", sql.failure().message()), sql)
        : failure;
  }

  private static Future<Rest> failed(List<Entry> entries, Throwable failure) {
    if (failure instanceof OrderStore.KeysTaken) {
      return Future.succeededFuture(new Rest(entries, List.of()));
    }
    Outcome outcome;
    if (failure instanceof SqlException sql) {
      outcome = new Failed(sql.failure());
    } else {
      log.error("A batch of {} orders failed", entries.size(), failure);
      outcome =
          new Failed(
              new SqlFailure(SqlFailure.Kind.OTHER, "", "", String.valueOf(failure.getMessage())));
    }
    entries.forEach(entry -> entry.settle(outcome));
    return Future.succeededFuture(Rest.NONE);
  }
}
