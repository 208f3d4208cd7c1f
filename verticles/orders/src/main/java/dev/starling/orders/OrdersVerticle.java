package dev.starling.orders;

import dev.starling.contract.event.EventContract;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.ProductContract;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.IdempotencyKey;
import dev.starling.sdk.Operations;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.TimeOrderedIds;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves products and orders to clients, products to other services, and books what the outbox
 * tells of moved stock.
 */
public final class OrdersVerticle extends ServiceVerticle {
  private static final String SECTION = "orders";

  /** Stock may have to come from another database meanwhile. */
  private static final Duration PLACING = Duration.ofSeconds(5);

  private @Nullable Catalogue catalogue;
  private @Nullable Orders orders;
  private @Nullable OrderQueue queue;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, OrdersConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.post(
            "/v1/products",
            NewProduct.class,
            ProductView.class,
            (call, product) -> open(catalogue).create(call, product))
        .id("orders.create-product")
        .summary("Makes a product with its stock")
        .scope("admin")
        .deadline(PLACING)
        .safeToRetry()
        .answers(Kind.CREATED)
        .refuses(Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.get("/v1/products/{sku}", ProductView.class, call -> open(catalogue).get(call))
        .id("orders.get-product")
        .summary("Shows a product and its stock")
        .path(ProductPath.class)
        .refuses(Refusal.ABSENT);
    on.post(
            "/v1/orders",
            NewOrder.class,
            OrderView.class,
            (call, order) -> open(orders).place(call, order))
        .id("orders.place")
        .summary("Places an order, once for each Idempotency-Key")
        .wants(IdempotencyKey.HEADER)
        .deadline(PLACING)
        .safeToRetry()
        .answers(Kind.CREATED)
        .refuses(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.bulk(
            "/v1/orders:batch",
            BulkOrder.class,
            OrderView.class,
            (call, order) -> open(orders).place(call, order))
        .id("orders.place-all")
        .summary("Places an order for each line, once for each idempotency_key")
        .deadline(PLACING)
        .refuses(Refusal.UNSUPPORTED_MEDIA_TYPE);
    on.get("/v1/orders/{id}", OrderView.class, call -> open(orders).get(call))
        .id("orders.get")
        .summary("Shows an order of the caller")
        .path(OrderPath.class)
        .wants(Position.HEADER)
        .refuses(Refusal.ABSENT);
    on.get("/v1/orders", OrderPage.class, call -> open(orders).list(call))
        .id("orders.list")
        .summary("Lists the caller's orders, the newest first")
        .query(PageQuery.class)
        .wants(Position.HEADER);
    on.post("/v1/orders/{id}/cancel", OrderView.class, call -> open(orders).cancel(call))
        .id("orders.cancel")
        .summary("Cancels an order of the caller and gives its stock back")
        .path(OrderPath.class)
        .safeToRetry()
        .refuses(Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
  }

  @Override
  protected Future<?> open() {
    OrdersConfig config = node().config(SECTION, OrdersConfig.defaults());
    Shards shards = node().resource(Shards.class);
    ClassLoader migrations = getClass().getClassLoader();
    return Outbox.prepare(node(), shards)
        .compose(
            prepared ->
                node()
                    .once(
                        "orders:schema",
                        () -> shards.migrate("orders", "classpath:db/orders", migrations)))
        .compose(migrated -> Outbox.subscribe(shards, name(), Set.of(Transfers.TYPE)))
        .compose(subscribed -> begin(config, shards));
  }

  @Override
  protected Future<?> shut() {
    if (queue != null) {
      queue.close();
    }
    return Future.succeededFuture();
  }

  private Future<Void> begin(OrdersConfig config, Shards shards) {
    SecureRandom random = new SecureRandom();
    TimeOrderedIds ids = new TimeOrderedIds(random::nextLong);
    OrderNews news = new OrderNews(() -> ids.next(node().clock().instant()));
    StockStore slices = new StockStore();
    OrderStore store = new OrderStore();
    Stock stock =
        new Stock(shards, slices, node().clock(), () -> ids.next(node().clock().instant()));
    Positions positions = Positions.of(node(), shards);
    OrderBatch batches = new OrderBatch(shards, store, stock, node().clock(), ids, news, positions);
    OrderQueue waiting =
        new OrderQueue(
            context,
            config,
            batches,
            node().shared("orders.waiting", this::count),
            System::nanoTime);
    queue = waiting;
    Catalogue products =
        new Catalogue(
            shards,
            new ProductStore(),
            stock,
            new ProductNews(() -> ids.next(node().clock().instant()), node().clock()),
            config);
    catalogue = products;
    orders = new Orders(shards, store, waiting, news, positions, node().clock(), config);
    Transfers transfers = new Transfers(shards, slices, name());
    return serve(EventContract.deliver(name()), transfers::deliver)
        .compose(served -> serve(ProductContract.FIND, products::find))
        .compose(served -> serve(ProductContract.LIST, products::list));
  }

  private AtomicInteger count() {
    AtomicInteger waiting = new AtomicInteger();
    Gauge.builder("orders.waiting", waiting, AtomicInteger::get)
        .description("Orders that wait to be sent to the database")
        .register(node().meters());
    return waiting;
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
