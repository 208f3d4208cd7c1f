package dev.starling.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** What the others are told of products: that there is a new one. Immutable. */
final class ProductNews {
  /** A product belongs to no user. */
  private static final UUID NOBODY = new UUID(0, 0);

  /** Nobody's shard, which is also the one that decides between two products of one SKU. */
  static final int SHARD = 0;

  static {
    if (Shards.of(NOBODY) != SHARD) {
      throw new AssertionError("nobody is in shard " + Shards.of(NOBODY));
    }
  }

  private final Supplier<UUID> ids;
  private final InstantSource clock;

  ProductNews(Supplier<UUID> ids, InstantSource clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /** Inside the transaction that makes it in {@link #SHARD}. */
  Future<Void> listed(SqlConnection connection, NewProduct product, CallContext context) {
    OutboxEvent event =
        new OutboxEvent(
            ids.get(),
            OrderNews.SOURCE,
            ProductContract.LISTED,
            product.sku(),
            "product/" + product.sku(),
            NOBODY,
            clock.instant(),
            context.trace().traceparent(),
            new String(Json.toBytes(told(product)), UTF_8));
    return Outbox.append(connection, SHARD, List.of(event));
  }

  static Product told(NewProduct product) {
    return new Product(
        product.sku(),
        product.name(),
        new OrderEvents.Money(product.price().amount(), product.price().currency()));
  }
}
