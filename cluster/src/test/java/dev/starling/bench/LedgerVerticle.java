package dev.starling.bench;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.postgres.outbox.EventConsumer;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A consumer of the outbox whose effect is a row that nothing keeps from being written twice: as a
 * third party would write it, in a jar of its own.
 */
public final class LedgerVerticle extends ServiceVerticle {
  static final String TYPE = "bench.entry.made";

  private static final ShardSql ENTER =
      new ShardSql(
          """
          INSERT INTO {shard}.ledger (event, aggregate, number)
          SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])""");

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected Future<?> open() {
    Shards shards = node().resource(Shards.class);
    EventConsumer consumer = new EventConsumer(shards, name(), Set.of(TYPE), LedgerVerticle::enter);
    return Outbox.prepare(node(), shards)
        .compose(prepared -> migrate(shards))
        .compose(migrated -> consumer.subscribe())
        .compose(subscribed -> serve(consumer.address(), consumer::receive));
  }

  private Future<Void> migrate(Shards shards) {
    return node()
        .once(
            "ledger:schema",
            () -> shards.migrate("ledger", "classpath:db/ledger", getClass().getClassLoader()));
  }

  private static Future<Void> enter(SqlConnection connection, int shard, List<Event> events) {
    Tuple entries =
        Tuple.tuple()
            .addArrayOfUUID(events.stream().map(e -> UUID.fromString(e.id())).toArray(UUID[]::new))
            .addArrayOfString(events.stream().map(Event::aggregate).toArray(String[]::new))
            .addArrayOfLong(
                events.stream().map(e -> Long.valueOf(e.subject())).toArray(Long[]::new));
    return connection.preparedQuery(ENTER.in(shard)).execute(entries).mapEmpty();
  }
}
