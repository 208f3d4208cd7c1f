package dev.starling.orders;

import dev.starling.orders.StockStore.Level;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.Placement;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Brings stock to a shard that has too little of it: from the shards of the same database in one
 * transaction, from other databases by a transfer, which is an event in the outbox of the giver and
 * is booked by {@link Transfers}.
 *
 * <p>Confined to the context of its instance. Locks are taken in the order (SKU, shard), as
 * everywhere here.
 */
final class Stock {
  /** Nobody's: a transfer belongs to no user. */
  private static final UUID NOBODY = new UUID(0, 0);

  private final Shards shards;
  private final StockStore store;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  Stock(Shards shards, StockStore store, InstantSource clock, Supplier<UUID> ids) {
    this.shards = shards;
    this.store = store;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * What a shard has of an article after what could be brought was.
   *
   * @param there can be sold from it now
   * @param anywhere in all shards that could be reached, and between them; {@link #UNKNOWN} when it
   *     was not necessary to ask
   */
  record Supply(long there, long anywhere) {
    static final long UNKNOWN = Long.MAX_VALUE;
  }

  /**
   * What all shards have.
   *
   * @param level of those that could be reached
   * @param complete whether that is all of them
   * @param available by database, of those that could be reached
   */
  record Total(Level level, boolean complete, Map<String, Long> available) {
    /** Sent and not yet received; known only when everybody could be asked. */
    long underWay() {
      return complete ? Math.max(0, level.sent()) : 0;
    }
  }

  /**
   * Brings an article to a shard: as much as is wanted and some more, or all that there is.
   *
   * @param wanted by those who wait
   * @param least less than this is of use to none of them: then nothing is ordered from afar
   */
  Future<Supply> gather(int shard, String sku, long wanted, long least, Duration limit) {
    return gatherNear(shard, sku, wanted, limit)
        .compose(
            there ->
                there >= least
                    ? Future.succeededFuture(new Supply(there, Supply.UNKNOWN))
                    : gatherFar(shard, sku, wanted, least, there, limit));
  }

  /** The stock of an article, asking every primary. */
  Future<Total> total(String sku, Duration limit) {
    return total(sku, (shard, look) -> shards.read(shard, limit, look::on));
  }

  /** One look at the shards of a database. */
  interface Look {
    Future<Level> on(SqlConnection connection);
  }

  /**
   * Likewise, asking whom the reader chooses.
   *
   * @param reader runs the look where a shard is
   */
  Future<Total> total(String sku, BiFunction<Integer, Look, Future<Level>> reader) {
    Map<String, List<Integer>> byDatabase = shards.placement().byDatabase();
    Map<String, Future<Level>> looks = new TreeMap<>();
    byDatabase.forEach(
        (name, own) ->
            looks.put(
                name, reader.apply(own.get(0), connection -> store.level(connection, own, sku))));
    return Future.join(List.copyOf(looks.values()))
        .transform(
            all -> {
              for (Future<Level> look : looks.values()) {
                if (look.failed() && !(look.cause() instanceof SqlException)) {
                  return Future.failedFuture(look.cause());
                }
              }
              return Future.succeededFuture(sum(looks));
            });
  }

  private static Total sum(Map<String, Future<Level>> looks) {
    Level sum = Level.NONE;
    Map<String, Long> available = new TreeMap<>();
    for (Map.Entry<String, Future<Level>> look : looks.entrySet()) {
      if (look.getValue().succeeded()) {
        Level level = look.getValue().result();
        sum = sum.plus(level);
        available.put(look.getKey(), level.available());
      }
    }
    return new Total(sum, available.size() == looks.size(), available);
  }

  /** Gives what the shard has then. */
  private Future<Long> gatherNear(int shard, String sku, long wanted, Duration limit) {
    return shards.transact(
        shard,
        limit,
        connection -> {
          List<Integer> neighbours = shards.placement().in(shards.placement().of(shard).database());
          int own = neighbours.indexOf(shard);
          return store
              .lock(connection, neighbours, sku)
              .compose(
                  available -> {
                    long[] gives = StockSlices.gather(available, own, wanted);
                    long moved = Arrays.stream(gives).sum();
                    long there = available[own] + moved;
                    return moved == 0
                        ? Future.succeededFuture(there)
                        : give(connection, neighbours, sku, gives, shard, moved).map(there);
                  });
        });
  }

  private Future<Void> give(
      SqlConnection connection,
      List<Integer> givers,
      String sku,
      long[] gives,
      int receiver,
      long moved) {
    Future<Void> given = store.give(connection, givers, sku, gives);
    Future<Boolean> taken = store.take(connection, receiver, sku, moved);
    return given.compose(done -> taken).mapEmpty();
  }

  private Future<Supply> gatherFar(
      int shard, String sku, long wanted, long least, long there, Duration limit) {
    Placement.Place here = shards.placement().of(shard);
    if (shards.placement().byDatabase().size() == 1) {
      return Future.succeededFuture(new Supply(there, there));
    }
    return total(sku, limit)
        .compose(
            total -> {
              Supply supply = new Supply(there, total.level().available() + total.underWay());
              if (total.underWay() > 0 || total.level().available() < least) {
                // To be waited for, lest it is ordered twice; or not enough anywhere.
                return Future.succeededFuture(supply);
              }
              List<String> givers = new ArrayList<>(total.available().keySet());
              givers.remove(here.database());
              return transfer(givers, 0, shard, sku, wanted - there, limit).map(supply);
            });
  }

  /** Lets one database after the other send some, until it is enough. Gives how much was sent. */
  private Future<Long> transfer(
      List<String> givers, int next, int shard, String sku, long missing, Duration limit) {
    if (next == givers.size() || missing <= 0) {
      return Future.succeededFuture(0L);
    }
    return send(givers.get(next), shard, sku, missing, limit)
        .recover(Stock::nothing)
        .compose(
            sent ->
                transfer(givers, next + 1, shard, sku, missing - sent, limit)
                    .map(further -> sent + further));
  }

  /** A giver that could not be reached, or did not answer, is one that has nothing to give now. */
  private static Future<Long> nothing(Throwable failure) {
    return failure instanceof SqlException sql && sql.failure().kind() != SqlFailure.Kind.OTHER
        ? Future.succeededFuture(0L)
        : Future.failedFuture(failure);
  }

  private Future<Long> send(String from, int to, String sku, long missing, Duration limit) {
    List<Integer> givers = shards.placement().in(from);
    if (givers.isEmpty()) {
      return Future.succeededFuture(0L);
    }
    return shards.transact(
        givers.get(0),
        limit,
        connection ->
            store
                .lock(connection, givers, sku)
                .compose(
                    available -> {
                      long[] gives = StockSlices.gather(available, -1, missing);
                      long sent = Arrays.stream(gives).sum();
                      if (sent == 0) {
                        return Future.succeededFuture(0L);
                      }
                      int teller = givers.get(0);
                      Future<Void> given = store.give(connection, givers, sku, gives);
                      Future<Void> told =
                          Outbox.append(connection, teller, List.of(event(to, sku, sent)));
                      return given.compose(done -> told).map(sent);
                    }));
  }

  private OutboxEvent event(int to, String sku, long quantity) {
    UUID id = ids.get();
    return new OutboxEvent(
        id,
        OrderNews.SOURCE,
        Transfers.TYPE,
        sku,
        // Each by itself: the order of two transfers makes no difference.
        "stock/" + id,
        NOBODY,
        clock.instant(),
        "",
        new Transfers.Data(sku, quantity, to).json());
  }
}
